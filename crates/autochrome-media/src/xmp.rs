//! XMP packets: say that software added the colours, and keep what was said before.
//!
//! # Source
//! ISO 16684-1 (XMP); IPTC Photo Metadata Standard, "Digital Source Type".

const SOURCE_TYPE: &str = "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicallyEnhanced";

/// A packet with the note; what `existing` says stays, and its own description and source type win.
pub(crate) fn with_note(existing: Option<&[u8]>, note: &str) -> Vec<u8> {
    existing
        .and_then(|packet| std::str::from_utf8(packet).ok())
        .and_then(|packet| amended(packet, note))
        .unwrap_or_else(|| fresh(note))
        .into_bytes()
}

/// The packet with orientation 1, for a picture that has been turned upright.
pub(crate) fn upright(packet: &[u8]) -> Option<Vec<u8>> {
    let mut text = std::str::from_utf8(packet).ok()?.trim_end_matches('\0').to_string();
    if !text.contains("</rdf:RDF>") {
        return None;
    }
    for (before, after) in
        [("tiff:Orientation=\"", '"'), ("tiff:Orientation='", '\''), ("<tiff:Orientation>", '<')]
    {
        if let Some(start) = text.find(before).map(|at| at + before.len())
            && let Some(len) = text[start..].find(after)
        {
            text.replace_range(start..start + len, "1");
        }
    }
    Some(text.into_bytes())
}

fn properties(note: Option<&str>, source: bool) -> String {
    let mut xml = String::new();
    if let Some(note) = note {
        xml += &format!(
            "<dc:description><rdf:Alt><rdf:li xml:lang=\"x-default\">{note}</rdf:li></rdf:Alt></dc:description>"
        );
    }
    if source {
        xml += &format!("<Iptc4xmpExt:DigitalSourceType>{SOURCE_TYPE}</Iptc4xmpExt:DigitalSourceType>");
    }
    xml
}

fn description(about: &str, properties: &str) -> String {
    format!(
        "<rdf:Description rdf:about={about} xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
         xmlns:Iptc4xmpExt=\"http://iptc.org/std/Iptc4xmpExt/2008-02-29/\">{properties}</rdf:Description>"
    )
}

fn fresh(note: &str) -> String {
    format!(
        "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?><x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\
         <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">{}</rdf:RDF></x:xmpmeta>\
         <?xpacket end=\"w\"?>",
        description("\"\"", &properties(Some(note), true))
    )
}

fn amended(packet: &str, note: &str) -> Option<String> {
    let end = packet.rfind("</rdf:RDF>")?;
    // All descriptions of one packet must be about the same thing.
    let about = packet.find("rdf:about=").and_then(|at| {
        let value = &packet[at + "rdf:about=".len()..];
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        Some(&value[..value[1..].find(quote)? + 2])
    });
    let described = packet.contains("dc:description");
    let sourced = packet.contains("DigitalSourceType");
    if described && sourced {
        return Some(packet.to_string());
    }
    let added = description(about.unwrap_or("\"\""), &properties((!described).then_some(note), !sourced));
    Some(format!("{}{added}{}", &packet[..end], &packet[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_packet_carries_note_and_source_type() {
        let packet = String::from_utf8(with_note(None, "coloured")).unwrap();
        assert!(packet.contains(">coloured<") && packet.contains(SOURCE_TYPE));
    }

    #[test]
    fn an_existing_packet_keeps_its_words_and_is_amended_once() {
        let old = "<x><rdf:RDF><rdf:Description rdf:about='urn:1' dc:description=\"mine\"/></rdf:RDF></x>";
        let once = with_note(Some(old.as_bytes()), "coloured");
        let text = String::from_utf8(once.clone()).unwrap();
        assert!(text.contains("\"mine\"") && text.contains(SOURCE_TYPE) && !text.contains("coloured"));
        assert_eq!(text.matches("rdf:about='urn:1'").count(), 2);
        assert_eq!(with_note(Some(&once), "coloured"), once);
    }

    #[test]
    fn the_orientation_becomes_upright_in_every_spelling() {
        for old in
            ["<rdf:D tiff:Orientation=\"6\"/></rdf:RDF>", "<tiff:Orientation>8</tiff:Orientation></rdf:RDF>"]
        {
            let new = String::from_utf8(upright(old.as_bytes()).unwrap()).unwrap();
            assert_eq!(new, old.replace(['6', '8'], "1"));
        }
        assert_eq!(upright(b"no packet"), None);
        assert_eq!(upright(b"\xff\xfe</rdf:RDF>"), None);
    }
}
