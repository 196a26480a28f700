//! The run's curves as one SVG file.

use std::path::Path;

use autochrome_plot::{Curve, Panel, Scale, file};

use crate::TrainError;
use crate::log;

/// Columns that are not losses or figures worth a picture.
const SKIPPED: [&str; 3] = ["step", "images_per_s", "seconds"];

/// Draws every column of the two logs over the steps.
pub(crate) fn write(path: &Path, logs: &[&Path]) -> Result<(), TrainError> {
    let logs: Vec<_> = logs.iter().map(|log| log::read(log)).collect();
    let mut panels = Vec::new();
    for (columns, rows) in &logs {
        for (i, name) in columns.iter().enumerate().filter(|(_, name)| !SKIPPED.contains(&name.as_str())) {
            let points: Vec<(f64, f64)> =
                rows.iter().filter_map(|row| Some((row.first().copied()??, row.get(i).copied()??))).collect();
            if points.len() > 1 {
                let curves = vec![Curve { name: String::new(), points }];
                panels.push(Panel { title_x: "step", title_y: name, x: Scale::Linear, zero: false, curves });
            }
        }
    }
    std::fs::write(path, file("Curves of a training run", &panels)).map_err(TrainError::io(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_gets_a_panel() {
        let folder = tempfile::tempdir().unwrap();
        let (tsv, svg) = (folder.path().join("log.tsv"), folder.path().join("curves.svg"));
        std::fs::write(&tsv, "step\tl1\tadversarial\timages_per_s\n1\t2\t3\t9\n2\t1\t\t9\n3\t0.5\t4\t9\n")
            .unwrap();
        write(&svg, &[&tsv]).unwrap();
        let text = std::fs::read_to_string(svg).unwrap();
        assert_eq!(text.matches("<polyline").count(), 2);
        assert!(text.contains(">l1<") && text.contains(">adversarial<"));
    }
}
