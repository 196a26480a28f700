//! The two profiles that are written: sRGB, and gray with its tone curve, byte for byte by ICC's rules.
//!
//! # Source
//! ICC.1:2022 (version 4.4), sections 7 to 10; IEC 61966-2-1 for the tone curve and the primaries; Bradford's matrix takes
//! them from D65 to D50.

use std::sync::OnceLock;

/// The white of the profile connection space, D50, as section 7.2.16 prescribes it; in 65,536ths, as all numbers here.
const D50: [i32; 3] = [0xf6d6, 0x1_0000, 0xd32d];
/// From D65 to D50.
const ADAPTATION: [i32; 9] = [68674, 1502, -3291, 1939, 64912, -1119, -606, 988, 49262];
/// X, Y and Z of red, green and blue, adapted to D50; together they are white.
const PRIMARIES: [(&[u8; 4], [i32; 3]); 3] =
    [(b"rXYZ", [28576, 14581, 912]), (b"gXYZ", [25239, 46983, 6361]), (b"bXYZ", [9375, 3972, 46788])];
/// The curve ((a·x + b)^g above d, else c·x): g, a, b, c, d.
const CURVE: [i32; 5] = [157_286, 62_119, 3_417, 5_072, 2_651];

/// The ICC profile that is written into colour pictures: sRGB.
#[must_use]
pub fn srgb_profile() -> &'static [u8] {
    static PROFILE: OnceLock<Vec<u8>> = OnceLock::new();
    PROFILE.get_or_init(|| {
        let mut tags = common("sRGB");
        tags.extend(PRIMARIES.map(|(name, xyz)| (*name, numbers(b"XYZ ", &xyz))));
        tags.extend([*b"rTRC", *b"gTRC", *b"bTRC"].map(|name| (name, curve())));
        profile(b"RGB ", tags)
    })
}

/// The profile that is written into gray pictures: the tone curve of sRGB.
pub(crate) fn gray_profile() -> &'static [u8] {
    static PROFILE: OnceLock<Vec<u8>> = OnceLock::new();
    PROFILE.get_or_init(|| {
        let mut tags = common("Gray with the sRGB tone curve");
        tags.push((*b"kTRC", curve()));
        profile(b"GRAY", tags)
    })
}

type Tag = ([u8; 4], Vec<u8>);

fn common(description: &str) -> Vec<Tag> {
    vec![
        (*b"desc", text(description)),
        (*b"cprt", text("Public domain")),
        (*b"wtpt", numbers(b"XYZ ", &D50)),
        (*b"chad", numbers(b"sf32", &ADAPTATION)),
    ]
}

fn numbers(kind: &[u8; 4], values: &[i32]) -> Vec<u8> {
    let mut data = [&kind[..], &[0; 4]].concat();
    data.extend(values.iter().flat_map(|v| v.to_be_bytes()));
    data
}

fn curve() -> Vec<u8> {
    // Function type 3 has these five parameters.
    let mut data = b"para\0\0\0\0\0\x03\0\0".to_vec();
    data.extend(CURVE.iter().flat_map(|v| v.to_be_bytes()));
    data
}

/// A text in one language.
fn text(text: &str) -> Vec<u8> {
    let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let mut data = b"mluc\0\0\0\0\0\0\0\x01\0\0\0\x0cenUS".to_vec();
    data.extend((units.len() as u32).to_be_bytes());
    data.extend(28u32.to_be_bytes());
    data.extend(units);
    data
}

fn profile(space: &[u8; 4], tags: Vec<Tag>) -> Vec<u8> {
    let mut table = (tags.len() as u32).to_be_bytes().to_vec();
    let mut data = Vec::new();
    let start = 128 + 4 + tags.len() * 12;
    let mut places: Vec<(Vec<u8>, usize)> = Vec::new();
    for (name, body) in tags {
        // Equal tags share their bytes.
        let known = places.iter().find(|(other, _)| *other == body).map(|&(_, at)| at);
        let at = known.unwrap_or_else(|| {
            let at = start + data.len();
            data.extend(&body);
            data.resize(data.len().next_multiple_of(4), 0);
            places.push((body.clone(), at));
            at
        });
        table.extend(name);
        table.extend((at as u32).to_be_bytes());
        table.extend((body.len() as u32).to_be_bytes());
    }
    let mut bytes = vec![0; 128];
    bytes[..4].copy_from_slice(&((start + data.len()) as u32).to_be_bytes());
    bytes[8..12].copy_from_slice(&[4, 0x40, 0, 0]);
    bytes[12..16].copy_from_slice(b"mntr");
    bytes[16..20].copy_from_slice(space);
    bytes[20..24].copy_from_slice(b"XYZ ");
    // A fixed day, 1 January 2024: equal pictures make equal files.
    bytes[24..36].copy_from_slice(&[7, 232, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0]);
    bytes[36..40].copy_from_slice(b"acsp");
    for (i, v) in D50.iter().enumerate() {
        bytes[68 + i * 4..72 + i * 4].copy_from_slice(&v.to_be_bytes());
    }
    bytes.extend(table);
    bytes.extend(data);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(bytes: &[u8], at: usize) -> u32 {
        u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap())
    }

    #[test]
    fn the_profiles_obey_the_rules_of_icc() {
        for (bytes, space, required) in [
            (
                srgb_profile(),
                b"RGB ",
                &[b"desc", b"cprt", b"wtpt", b"chad", b"rXYZ", b"gXYZ", b"bXYZ", b"rTRC", b"gTRC", b"bTRC"][..],
            ),
            (gray_profile(), b"GRAY", &[b"desc", b"cprt", b"wtpt", b"chad", b"kTRC"]),
        ] {
            assert_eq!(number(bytes, 0) as usize, bytes.len());
            assert_eq!(bytes.len() % 4, 0);
            assert_eq!(
                (&bytes[16..20], &bytes[20..24], &bytes[36..40]),
                (&space[..], &b"XYZ "[..], &b"acsp"[..])
            );
            assert_eq!([68, 72, 76].map(|at| number(bytes, at)), [0x0000_f6d6, 0x0001_0000, 0x0000_d32d]);
            assert!(bytes[100..128].iter().all(|&b| b == 0), "reserved bytes");
            let count = number(bytes, 128) as usize;
            let mut found = Vec::new();
            for i in 0..count {
                let at = 132 + i * 12;
                let (start, len) = (number(bytes, at + 4) as usize, number(bytes, at + 8) as usize);
                assert!(start % 4 == 0 && start >= 132 + count * 12 && start + len <= bytes.len());
                assert_eq!(bytes[start + 4..start + 8], [0; 4], "reserved bytes of a tag");
                found.push(&bytes[at..at + 4]);
                if &bytes[at..at + 4] == b"wtpt" {
                    assert_eq!([8, 12, 16].map(|o| number(bytes, start + o)), [0xf6d6, 0x1_0000, 0xd32d]);
                }
            }
            assert_eq!(found, required.iter().map(|name| &name[..]).collect::<Vec<_>>());
        }
    }

    #[test]
    fn red_green_and_blue_together_are_white_and_the_matrix_takes_d65_to_d50() {
        for (i, &white) in D50.iter().enumerate() {
            assert_eq!(PRIMARIES.iter().map(|(_, xyz)| xyz[i]).sum::<i32>(), white);
        }
        let d65 = [0.3127 / 0.329, 1.0, (1.0 - 0.3127 - 0.329) / 0.329];
        for (row, &white) in ADAPTATION.chunks_exact(3).zip(&D50) {
            let sum: f64 = row.iter().zip(d65).map(|(&m, v)| f64::from(m) * v).sum();
            assert!((sum - f64::from(white)).abs() < 2.0, "{sum} instead of {white}");
        }
    }
}
