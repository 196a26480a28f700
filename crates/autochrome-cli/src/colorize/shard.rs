//! Part of the inputs for each of several machines.

use std::path::Path;
use std::str::FromStr;

use super::inputs::Input;

/// The part `k` of `n`: `2/8`.
///
/// A picture belongs to a part by its path below the folder or glob that led to it, and by nothing else: machines that see the same files under
/// other mount points, or while files are being added, agree without talking to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Which part, 1..=`of`.
    part: u64,
    /// How many parts there are.
    of: u64,
}

impl Shard {
    /// Whether the picture belongs to this part.
    pub fn holds(&self, input: &Input) -> bool {
        hash(&input.below) % self.of == self.part - 1
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parse = || {
            let (part, of) = text.split_once('/')?;
            Some(Self { part: part.parse().ok()?, of: of.parse().ok()? })
        };
        parse()
            .filter(|Self { part, of }| (1..=*of).contains(part))
            .ok_or_else(|| "write it as K/N, K from 1 to N: 2/8 is the second of eight parts".to_owned())
    }
}

/// FNV-1a of the names on the path, with a slash between them on every system; the upper half, which is mixed best, joins the lower.
fn hash(below: &Path) -> u64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut add = |bytes: &[u8]| {
        for &byte in bytes {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    };
    for (number, part) in below.components().enumerate() {
        if number > 0 {
            add(b"/");
        }
        add(part.as_os_str().as_encoded_bytes());
    }
    hash ^ (hash >> 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(below: &str) -> Input {
        Input { path: Path::new("/scans").join(below), below: below.into() }
    }

    #[test]
    fn a_part_is_written_as_one_of_so_many() {
        assert_eq!("2/8".parse(), Ok(Shard { part: 2, of: 8 }));
        for wrong in ["0/4", "5/4", "1/0", "1", "a/b", "1/2/3", "-1/4", ""] {
            assert!(wrong.parse::<Shard>().is_err_and(|error| error.contains("K/N")), "{wrong}");
        }
    }

    #[test]
    fn every_picture_is_in_one_part_and_parts_are_alike() {
        let inputs: Vec<Input> = (0..8000).map(|n| input(&format!("box {}/{n:05}.tif", n % 40))).collect();
        for of in [1, 2, 3, 8, 100] {
            let sizes: Vec<usize> = (1..=of)
                .map(|part| inputs.iter().filter(|input| Shard { part, of }.holds(input)).count())
                .collect();
            assert_eq!(sizes.iter().sum::<usize>(), inputs.len());
            let mean = inputs.len() as f64 / of as f64;
            let far = |&size: &usize| (size as f64 - mean).abs() > 5.0 * mean.sqrt();
            assert!(of == 1 || !sizes.iter().any(far), "{sizes:?}");
        }
    }

    #[test]
    fn a_picture_keeps_its_part_over_versions() {
        let parts: Vec<u64> =
            ["a.jpg", "1932/june/c.tif", "été.png"].map(|below| hash(Path::new(below)) % 1000).into();
        assert_eq!(parts, [716, 663, 294]);
    }
}
