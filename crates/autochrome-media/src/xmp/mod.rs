//! XMP packets: what is no longer true is mended or dropped, and it is said that software added the colours.
//!
//! # Source
//! ISO 16684-1 (XMP); XMP Specification Part 3 (extended XMP); Metadata Working Group Guidelines 2.0 (regions); IPTC Photo
//! Metadata Standard, "Digital Source Type".

mod xml;

use xml::{Element, edited, elements};

use crate::SourceId;
use crate::source_id::{DIGITS, PREFIX};

/// Most bytes of a packet for one JPEG segment: 65,533 without its name.
pub(crate) const JPEG_LIMIT: usize = 65_533 - 29;

/// How archives and readers of provenance say that a model added something to a picture.
const SOURCE_TYPE: &str =
    "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia";

const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
const DC: &str = "http://purl.org/dc/elements/1.1/";
const XMP: &str = "http://ns.adobe.com/xap/1.0/";
const XMP_MM: &str = "http://ns.adobe.com/xap/1.0/mm/";
const XMP_NOTE: &str = "http://ns.adobe.com/xmp/note/";
const TIFF: &str = "http://ns.adobe.com/tiff/1.0/";
const EXIF: &str = "http://ns.adobe.com/exif/1.0/";
const IPTC_EXT: &str = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/";
const AREA: &str = "http://ns.adobe.com/xmp/sType/Area#";
const DIMENSIONS: &str = "http://ns.adobe.com/xap/1.0/sType/Dimensions#";
const REGIONS: &str = "http://www.metadataworkinggroup.com/schemas/regions/";
const MICROSOFT_REGION: &str = "http://ns.microsoft.com/photo/1.2/t/Region#";
const CAMERA: &str = "http://ns.google.com/photos/1.0/camera/";
const CONTAINER: &str = "http://ns.google.com/photos/1.0/container/";
const GAIN_MAP: &str = "http://ns.adobe.com/hdr-gain-map/1.0/";

/// A packet that says the truth beside an upright picture of this size.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Upright {
    /// The orientation that the pixels had, 1..=8.
    pub orientation: u8,
    /// Columns of the upright picture.
    pub width: usize,
    /// Rows of the upright picture.
    pub height: usize,
}

impl Upright {
    /// The packet for the upright picture, and whether something was dropped that pointed elsewhere; `None` when it is broken.
    pub(crate) fn mend(&self, packet: &[u8]) -> Option<(Vec<u8>, bool)> {
        let text = std::str::from_utf8(packet).ok()?.trim_end_matches('\0');
        if !text.contains("</rdf:RDF>") {
            return None;
        }
        let all = elements(text)?;
        let mut edits = Vec::new();
        let mut is_dropped = false;
        for element in &all {
            let is_of_whole = element.parent.is_none_or(|parent| {
                !(all[parent].space == REGIONS && all[parent].name == "AppliedToDimensions")
            });
            if is_dead(element.space, element.name) {
                edits.push((element.whole.clone(), String::new()));
                is_dropped |= element.space != XMP_NOTE;
                continue;
            }
            let is_dimensions =
                element.space == REGIONS && element.name == "AppliedToDimensions" || !is_of_whole;
            if let Some(new) = self.number(element.space, element.name, is_dimensions)
                && !text[element.inner.clone()].contains('<')
            {
                edits.push((element.inner.clone(), new));
            }
            for attribute in &element.attributes {
                if is_dead(attribute.space, attribute.name) {
                    edits.push((attribute.whole.clone(), String::new()));
                    is_dropped |= attribute.space != XMP_NOTE;
                } else if let Some(new) = self.number(attribute.space, attribute.name, is_dimensions) {
                    edits.push((attribute.value.clone(), new));
                } else if attribute.space == MICROSOFT_REGION && attribute.name == "Rectangle" {
                    edits.extend(
                        self.rectangle(&text[attribute.value.clone()])
                            .map(|new| (attribute.value.clone(), new)),
                    );
                }
            }
            if element.space == MICROSOFT_REGION && element.name == "Rectangle" {
                edits.extend(
                    self.rectangle(&text[element.inner.clone()]).map(|new| (element.inner.clone(), new)),
                );
            }
        }
        if self.orientation > 1 {
            for index in 0..all.len() {
                self.turn_area(text, &all, index, &mut edits);
            }
        }
        Some((edited(text, edits).into_bytes(), is_dropped))
    }

    /// What a property of orientation or size must say.
    fn number(&self, space: &str, name: &str, is_dimensions: bool) -> Option<String> {
        Some(match (space, name) {
            (TIFF, "Orientation") => "1".to_string(),
            (TIFF, "ImageWidth") | (EXIF, "PixelXDimension") => self.width.to_string(),
            (TIFF, "ImageLength") | (EXIF, "PixelYDimension") => self.height.to_string(),
            (DIMENSIONS, "w") if is_dimensions => self.width.to_string(),
            (DIMENSIONS, "h") if is_dimensions => self.height.to_string(),
            _ => return None,
        })
    }

    /// Turns the area whose numbers are attributes or children of an element: its centre and size, as parts of the picture.
    fn turn_area(
        &self,
        text: &str,
        all: &[Element<'_>],
        index: usize,
        edits: &mut Vec<(std::ops::Range<usize>, String)>,
    ) {
        let mut places = [None, None, None, None];
        let slot = |space: &str, name: &str| match (space, name) {
            (AREA, "x") => Some(0),
            (AREA, "y") => Some(1),
            (AREA, "w") => Some(2),
            (AREA, "h") => Some(3),
            _ => None,
        };
        for attribute in &all[index].attributes {
            if let Some(slot) = slot(attribute.space, attribute.name) {
                places[slot] = Some(attribute.value.clone());
            }
        }
        // The children of an element follow it.
        for child in all[index + 1..].iter().take_while(|child| child.whole.start < all[index].whole.end) {
            if let Some(slot) = slot(child.space, child.name).filter(|_| child.parent == Some(index)) {
                places[slot] = Some(child.inner.clone());
            }
        }
        let value = |slot: usize| -> Option<f64> { text[places[slot].clone()?].trim().parse().ok() };
        let (Some(x), Some(y)) = (value(0), value(1)) else { return };
        let (x, y) = self.point(x, y);
        let (w, h) = if self.orientation >= 5 { (value(3), value(2)) } else { (value(2), value(3)) };
        for (place, new) in places.into_iter().zip([Some(x), Some(y), w, h]) {
            if let (Some(place), Some(new)) = (place, new) {
                edits.push((place, decimal(new)));
            }
        }
    }

    /// A rectangle of Microsoft's: left, top, width, height, as parts of the picture.
    fn rectangle(&self, text: &str) -> Option<String> {
        let numbers: Option<Vec<f64>> = text.split(',').map(|n| n.trim().parse().ok()).collect();
        let [x, y, w, h] = numbers?[..] else { return None };
        let (a, b) = (self.point(x, y), self.point(x + w, y + h));
        let (left, top) = (a.0.min(b.0), a.1.min(b.1));
        let (wide, high) = ((a.0 - b.0).abs(), (a.1 - b.1).abs());
        Some([left, top, wide, high].map(decimal).join(", "))
    }

    /// Where a point of the stored picture lies in the upright one, both as parts of their sides.
    fn point(&self, x: f64, y: f64) -> (f64, f64) {
        match self.orientation {
            2 => (1.0 - x, y),
            3 => (1.0 - x, 1.0 - y),
            4 => (x, 1.0 - y),
            5 => (y, x),
            6 => (1.0 - y, x),
            7 => (1.0 - y, 1.0 - x),
            8 => (y, 1.0 - x),
            _ => (x, y),
        }
    }
}

/// Whether a property speaks of data that is not written: a film behind the picture, a gain map, thumbnails, an extension.
fn is_dead(space: &str, name: &str) -> bool {
    match space {
        CAMERA => name.starts_with("MotionPhoto") || name.starts_with("MicroVideo"),
        CONTAINER => name == "Directory" || name == "Version",
        GAIN_MAP => true,
        XMP => name == "Thumbnails",
        XMP_NOTE => name == "HasExtendedXMP",
        _ => false,
    }
}

fn decimal(v: f64) -> String {
    let text = format!("{v:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

/// A packet with the descriptions of its extension, which JPEG keeps apart.
pub(crate) fn joined(packet: Vec<u8>, extension: &[u8]) -> Vec<u8> {
    let join = || {
        let (main, extra) = (std::str::from_utf8(&packet).ok()?, std::str::from_utf8(extension).ok()?);
        let all = elements(extra)?;
        let rdf = all.iter().find(|e| (e.space, e.name) == (RDF, "RDF"))?;
        let end = main.rfind("</rdf:RDF>")?;
        Some(format!("{}{}{}", &main[..end], &extra[rdf.inner.clone()], &main[end..]).into_bytes())
    };
    if extension.is_empty() { packet } else { join().unwrap_or(packet) }
}

/// Whether the packet has a description.
pub(crate) fn is_described(packet: &[u8]) -> bool {
    let text = std::str::from_utf8(packet).unwrap_or_default();
    elements(text).is_some_and(|all| {
        all.iter().any(|e| {
            (e.space, e.name) == (DC, "description")
                || e.attributes.iter().any(|a| (a.space, a.name) == (DC, "description"))
        })
    })
}

/// What is said of the colours.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Note<'a> {
    pub text: &'a str,
    pub software: &'a str,
    /// Whether it may stand as the description, because no person has given one.
    pub as_description: bool,
    /// What the picture was made from.
    pub source: Option<SourceId>,
}

/// A packet with the note in its history, its source type set, and all else as it was.
pub(crate) fn with_note(existing: Option<&[u8]>, note: Note<'_>) -> Vec<u8> {
    existing
        .and_then(|packet| std::str::from_utf8(packet).ok())
        .and_then(|packet| with_history(packet, note))
        .unwrap_or_else(|| fresh(note))
        .into_bytes()
}

fn event(note: Note<'_>) -> String {
    format!(
        "<rdf:li xmlns:stEvt=\"http://ns.adobe.com/xap/1.0/sType/ResourceEvent#\" rdf:parseType=\"Resource\">\
         <stEvt:action>edited</stEvt:action><stEvt:softwareAgent>{}</stEvt:softwareAgent>\
         <stEvt:parameters>{}</stEvt:parameters></rdf:li>",
        note.software, note.text
    )
}

fn history(note: Note<'_>) -> String {
    format!(
        "<xmpMM:History><rdf:Seq>{}</rdf:Seq></xmpMM:History><photoshop:History>{}</photoshop:History>",
        event(note),
        note.text
    )
}

fn derived_from(note: Note<'_>) -> String {
    note.source.map_or_else(String::new, |source| {
        format!(
            "<xmpMM:DerivedFrom xmlns:stRef=\"http://ns.adobe.com/xap/1.0/sType/ResourceRef#\" rdf:parseType=\"Resource\">\
             <stRef:documentID>{source}</stRef:documentID></xmpMM:DerivedFrom>"
        )
    })
}

fn source_type() -> String {
    format!("<Iptc4xmpExt:DigitalSourceType>{SOURCE_TYPE}</Iptc4xmpExt:DigitalSourceType>")
}

fn caption(note: Note<'_>) -> String {
    let text = note.text;
    format!(
        "<dc:description><rdf:Alt><rdf:li xml:lang=\"x-default\">{text}</rdf:li></rdf:Alt></dc:description>"
    )
}

fn description(about: &str, properties: &str) -> String {
    format!(
        "<rdf:Description rdf:about={about} xmlns:dc=\"{DC}\" xmlns:xmpMM=\"{XMP_MM}\" \
         xmlns:photoshop=\"http://ns.adobe.com/photoshop/1.0/\" xmlns:Iptc4xmpExt=\"{IPTC_EXT}\">{properties}</rdf:Description>"
    )
}

fn fresh(note: Note<'_>) -> String {
    let caption = if note.as_description { caption(note) } else { String::new() };
    format!(
        "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?><x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\
         <rdf:RDF xmlns:rdf=\"{RDF}\">{}</rdf:RDF></x:xmpmeta><?xpacket end=\"w\"?>",
        description("\"\"", &(caption + &history(note) + &derived_from(note) + &source_type()))
    )
}

fn with_history(packet: &str, note: Note<'_>) -> Option<String> {
    let all = elements(packet)?;
    let end = packet.rfind("</rdf:RDF>")?;
    let mut edits = Vec::new();
    let mut added = String::new();
    if note.as_description && !is_described(packet.as_bytes()) {
        added += &caption(note);
    }
    let past = all.iter().position(|e| (e.space, e.name) == (XMP_MM, "History"));
    match past {
        Some(index) if packet[all[index].whole.clone()].contains(note.text) => {}
        Some(index) => {
            let list = all.iter().find(|e| e.parent == Some(index) && (e.space, e.name) == (RDF, "Seq"));
            // A list that is not written as one is left as it is.
            if let Some(list) = list.filter(|list| list.inner.end < list.whole.end) {
                edits.push((list.inner.end..list.inner.end, event(note)));
            }
        }
        None => added += &history(note),
    }
    // What another program says stays; what we said of an earlier result is mended.
    match all.iter().find(|e| (e.space, e.name) == (XMP_MM, "DerivedFrom")) {
        None => added += &derived_from(note),
        Some(past) => {
            let digits = packet[past.whole.clone()].find(PREFIX).map(|at| past.whole.start + at);
            if let (Some(at), Some(source)) = (digits, note.source) {
                let end = (at + PREFIX.len() + DIGITS).min(past.whole.end);
                edits.push((at..end, source.to_string()));
            }
        }
    }
    let is_source = |space: &str, name: &str| (space, name) == (IPTC_EXT, "DigitalSourceType");
    let mut is_sourced = false;
    for element in &all {
        if is_source(element.space, element.name) && element.inner.end < element.whole.end {
            is_sourced = true;
            edits.push((element.inner.clone(), SOURCE_TYPE.to_string()));
        }
        for attribute in element.attributes.iter().filter(|a| is_source(a.space, a.name)) {
            is_sourced = true;
            edits.push((attribute.value.clone(), SOURCE_TYPE.to_string()));
        }
    }
    if !is_sourced {
        added += &source_type();
    }
    if !added.is_empty() {
        // All descriptions of one packet must be about the same thing.
        let about = all.iter().flat_map(|e| &e.attributes).find(|a| (a.space, a.name) == (RDF, "about"));
        let about = about.map_or("\"\"", |a| &packet[a.value.start - 1..a.value.end + 1]);
        edits.push((end..end, description(about, &added)));
    }
    Some(edited(packet, edits))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTE: Note<'_> =
        Note { text: "coloured", software: "Autochrome 1", as_description: true, source: None };

    fn packet(body: &str) -> String {
        format!("<x><rdf:RDF xmlns:rdf='{RDF}'>{body}</rdf:RDF></x>")
    }

    fn mended(packet: &str, orientation: u8) -> String {
        let upright = Upright { orientation, width: 30, height: 40 };
        String::from_utf8(upright.mend(packet.as_bytes()).unwrap().0).unwrap()
    }

    #[test]
    fn a_new_packet_carries_note_and_source_type() {
        let packet = String::from_utf8(with_note(None, NOTE)).unwrap();
        assert!(packet.contains(">coloured<") && packet.contains(SOURCE_TYPE) && elements(&packet).is_some());
        assert!(is_described(packet.as_bytes()));
        let silent = with_note(None, Note { as_description: false, ..NOTE });
        assert!(!is_described(&silent));
    }

    #[test]
    fn an_existing_packet_keeps_its_words_and_is_amended_once() {
        let old =
            packet(&format!("<rdf:Description rdf:about='urn:1' xmlns:dc='{DC}' dc:description=\"mine\"/>"));
        let once = with_note(Some(old.as_bytes()), NOTE);
        let text = String::from_utf8(once.clone()).unwrap();
        assert!(text.contains("\"mine\"") && text.contains(SOURCE_TYPE));
        assert!(!text.contains("<dc:description>"), "a caption is never replaced");
        assert_eq!(text.matches("rdf:about='urn:1'").count(), 2);
        assert_eq!(with_note(Some(&once), NOTE), once);
    }

    #[test]
    fn a_history_is_continued_and_an_older_source_type_replaced() {
        let old = packet(&format!(
            "<rdf:Description xmlns:m='{XMP_MM}' xmlns:i='{IPTC_EXT}' i:DigitalSourceType='scan'>\
             <m:History><rdf:Seq><rdf:li>scanned</rdf:li></rdf:Seq></m:History></rdf:Description>"
        ));
        let new = String::from_utf8(with_note(Some(old.as_bytes()), Note { as_description: false, ..NOTE }))
            .unwrap();
        assert!(
            new.contains("<rdf:li>scanned</rdf:li><rdf:li xmlns:stEvt") && !new.contains("xmpMM:History")
        );
        assert!(new.contains(&format!("i:DigitalSourceType='{SOURCE_TYPE}'")));
    }

    #[test]
    fn the_orientation_becomes_upright_in_every_spelling() {
        for old in [
            format!("<rdf:D xmlns:tiff='{TIFF}' tiff:Orientation=\"6\"/>"),
            format!("<t:Orientation xmlns:t='{TIFF}'>8</t:Orientation>"),
        ] {
            assert_eq!(
                mended(&packet(&old), 1),
                packet(&old.replace("\"6\"", "\"1\"").replace(">8<", ">1<"))
            );
        }
        let upright = Upright { orientation: 1, width: 1, height: 1 };
        assert!(upright.mend(b"no packet").is_none());
        assert!(upright.mend(b"\xff\xfe</rdf:RDF>").is_none());
    }

    #[test]
    fn regions_turn_with_the_pixels() {
        let old = packet(&format!(
            "<r:AppliedToDimensions xmlns:r='{REGIONS}' xmlns:d='{DIMENSIONS}' d:w='40' d:h='30' d:unit='pixel'/>\
             <r:Area xmlns:r='{REGIONS}' xmlns:a='{AREA}' a:x='0.25' a:y='0.1' a:w='0.2' a:h='0.1'/>\
             <r:Area xmlns:r='{REGIONS}' xmlns:a='{AREA}'><a:x>0.25</a:x><a:y>0.1</a:y></r:Area>\
             <m:R xmlns:m='{MICROSOFT_REGION}' m:Rectangle='0.1, 0.2, 0.3, 0.4'/>"
        ));
        let new = mended(&old, 6);
        assert!(new.contains("d:w='30' d:h='40'"), "{new}");
        assert!(new.contains("a:x='0.9' a:y='0.25' a:w='0.1' a:h='0.2'"), "{new}");
        assert!(new.contains("<a:x>0.9</a:x><a:y>0.25</a:y>"), "{new}");
        assert!(new.contains("m:Rectangle='0.4, 0.1, 0.4, 0.3'"), "{new}");
    }

    #[test]
    fn pointers_to_a_film_are_dropped() {
        let old = packet(&format!(
            "<rdf:Description xmlns:c='{CAMERA}' c:MotionPhoto='1' c:Other='2' xmlns:k='{CONTAINER}'><k:Directory><k:x/></k:Directory></rdf:Description>"
        ));
        let new = mended(&old, 1);
        assert!(
            !new.contains("MotionPhoto") && !new.contains("Directory>") && new.contains("c:Other='2'"),
            "{new}"
        );
    }

    #[test]
    fn an_extension_is_joined_to_its_packet() {
        let main = packet("<rdf:Description/>").into_bytes();
        let whole = joined(main.clone(), packet("<rdf:Description k='v'/>").as_bytes());
        assert_eq!(whole, packet("<rdf:Description/><rdf:Description k='v'/>").into_bytes());
        assert_eq!(joined(main.clone(), b"rubbish"), main);
    }
}
