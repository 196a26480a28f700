//! Just enough XML for XMP packets: elements and attributes with their namespaces, and where in the text they stand, so that
//! a packet is changed in place and everything else keeps its bytes.

use std::ops::Range;

/// More elements than any packet has that a person or a program keeps by hand.
const MOST_ELEMENTS: usize = 200_000;

/// The same for declarations of namespaces, each of which every attribute is compared with, and for elements within each other.
const MOST_SPACES: usize = 512;
const MOST_DEPTH: usize = 256;

/// An attribute: its namespace and local name, and its places in the text.
#[derive(Clone, Debug)]
pub(super) struct Attribute<'a> {
    pub space: &'a str,
    pub name: &'a str,
    /// The text between the quotes.
    pub value: Range<usize>,
    /// The whole, with the space before it.
    pub whole: Range<usize>,
}

/// An element, with the places of its tags.
#[derive(Clone, Debug)]
pub(super) struct Element<'a> {
    pub space: &'a str,
    pub name: &'a str,
    pub attributes: Vec<Attribute<'a>>,
    pub parent: Option<usize>,
    /// From the start tag to the end tag.
    pub whole: Range<usize>,
    /// What stands between the tags; empty at the end of a tag that closes itself.
    pub inner: Range<usize>,
}

/// Every element in the order of its start tag; `None` for what is not well formed.
pub(super) fn elements(text: &str) -> Option<Vec<Element<'_>>> {
    let mut all: Vec<Element<'_>> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    // Prefix, name, and the depth of the element that declares it.
    let mut spaces: Vec<(&str, &str, usize)> = Vec::new();
    let mut at = 0;
    while let Some(step) = text[at..].find('<') {
        at += step;
        let rest = &text[at..];
        if rest.starts_with("<!--") {
            at += rest.find("-->")? + 3;
        } else if rest.starts_with("<![CDATA[") {
            at += rest.find("]]>")? + 3;
        } else if rest.starts_with("<?") {
            at += rest.find("?>")? + 2;
        } else if rest.starts_with("<!") {
            return None;
        } else if rest.starts_with("</") {
            let end = at + rest.find('>')? + 1;
            let index = open.pop()?;
            all[index].inner.end = at;
            all[index].whole.end = end;
            spaces.retain(|&(_, _, depth)| depth <= open.len());
            at = end;
        } else {
            if all.len() == MOST_ELEMENTS || open.len() == MOST_DEPTH {
                return None;
            }
            let tag = tag(text, at)?;
            for (name, attribute) in &tag.attributes {
                let value = &text[attribute.value.clone()];
                match name.strip_prefix("xmlns") {
                    Some("") => spaces.push(("", value, open.len() + 1)),
                    Some(prefix) if prefix.starts_with(':') => {
                        spaces.push((&prefix[1..], value, open.len() + 1))
                    }
                    _ => {}
                }
            }
            if spaces.len() > MOST_SPACES {
                return None;
            }
            // Which declaration a prefix means, and where the local name begins.
            let resolve = |name: &str, is_attribute: bool| {
                let (prefix, local) = name.split_once(':').unwrap_or(("", name));
                let found = spaces
                    .iter()
                    .rposition(|&(known, ..)| known == prefix && !(is_attribute && prefix.is_empty()));
                (found.unwrap_or(usize::MAX), name.len() - local.len())
            };
            let space = |index: usize| spaces.get(index).map_or("", |&(_, name, _)| name);
            let mut attributes = Vec::new();
            for (name, mut attribute) in tag.attributes {
                let (index, skip) = resolve(name, true);
                (attribute.space, attribute.name) = (space(index), &name[skip..]);
                attributes.push(attribute);
            }
            let (index, skip) = resolve(tag.name, false);
            all.push(Element {
                space: space(index),
                name: &tag.name[skip..],
                attributes,
                parent: open.last().copied(),
                whole: at..tag.end,
                inner: tag.end..tag.end,
            });
            if tag.closes_itself {
                spaces.retain(|&(_, _, depth)| depth <= open.len());
            } else {
                open.push(all.len() - 1);
            }
            at = tag.end;
        }
    }
    open.is_empty().then_some(all)
}

struct Tag<'a> {
    name: &'a str,
    attributes: Vec<(&'a str, Attribute<'a>)>,
    closes_itself: bool,
    end: usize,
}

fn tag(text: &str, start: usize) -> Option<Tag<'_>> {
    let ends_name = |c: char| c.is_ascii_whitespace() || matches!(c, '=' | '>' | '/');
    let name_end = start + 1 + text[start + 1..].find(ends_name)?;
    let name = &text[start + 1..name_end];
    let mut attributes = Vec::new();
    let mut at = name_end;
    loop {
        let rest = &text[at..];
        let trimmed = rest.trim_start();
        let begin = at + rest.len() - trimmed.len();
        if trimmed.starts_with("/>") || trimmed.starts_with('>') {
            let closes_itself = trimmed.starts_with('/');
            let end = begin + if closes_itself { 2 } else { 1 };
            return (!name.is_empty()).then_some(Tag { name, attributes, closes_itself, end });
        }
        let len = trimmed.find(ends_name).filter(|&len| len > 0)?;
        let name = &trimmed[..len];
        let after = trimmed[len..].trim_start().strip_prefix('=')?.trim_start();
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let value_start = text.len() - after.len() + 1;
        let value_len = after[1..].find(quote)?;
        let value = value_start..value_start + value_len;
        let whole = at..value.end + 1;
        at = whole.end;
        attributes.push((name, Attribute { space: "", name: "", value, whole }));
    }
}

/// The text with some stretches replaced; of stretches within others only the outer counts.
pub(super) fn edited(text: &str, mut edits: Vec<(Range<usize>, String)>) -> String {
    edits.sort_by_key(|(range, _)| (range.start, std::cmp::Reverse(range.end)));
    let (mut result, mut at) = (String::with_capacity(text.len()), 0);
    for (range, new) in edits {
        if range.start < at {
            continue;
        }
        result += &text[at..range.start];
        result += &new;
        at = range.end;
    }
    result + &text[at..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_and_attributes_are_found_with_their_namespaces_and_places() {
        let text = "<?x?><a xmlns='A' xmlns:p=\"P\" p:k = 'v'><!-- < --><p:b/>t</a>";
        let all = elements(text).unwrap();
        assert_eq!((all[0].space, all[0].name, all[1].space, all[1].name), ("A", "a", "P", "b"));
        let k = &all[0].attributes[2];
        assert_eq!(
            (k.space, k.name, &text[k.value.clone()], &text[k.whole.clone()]),
            ("P", "k", "v", " p:k = 'v'")
        );
        assert_eq!(all[1].parent, Some(0));
        assert_eq!(&text[all[0].inner.clone()], "<!-- < --><p:b/>t");
        assert_eq!(&text[all[0].whole.clone()], &text[5..]);
    }

    #[test]
    fn what_is_not_well_formed_is_refused() {
        for text in ["<a>", "</a>", "<a b></a>", "<a b=c/>", "<!DOCTYPE a><a/>", "<a", "< >", "<a b='"] {
            assert!(elements(text).is_none(), "{text}");
        }
    }

    #[test]
    fn what_would_take_forever_is_refused() {
        let spaces = |count: usize| {
            let declared: String = (0..count).map(|i| format!(" xmlns:a{i}='A'")).collect();
            format!("<r{declared}/>")
        };
        let nested = |depth: usize| "<a>".repeat(depth) + &"</a>".repeat(depth);
        assert!(elements(&spaces(MOST_SPACES)).is_some() && elements(&spaces(MOST_SPACES + 1)).is_none());
        assert!(elements(&nested(MOST_DEPTH)).is_some() && elements(&nested(MOST_DEPTH + 1)).is_none());
    }

    #[test]
    fn edits_are_made_from_the_outside() {
        assert_eq!(
            edited("abcdef", vec![(2..3, "X".into()), (1..5, "Y".into()), (5..6, String::new())]),
            "aYe".replace('e', "")
        );
    }
}
