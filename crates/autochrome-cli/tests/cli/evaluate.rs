//! `autochrome evaluate`: the table, the JSON lines, the report.

use image::{Rgb, RgbImage};

use crate::util::{Folder, weights};

fn dataset() -> Folder {
    let folder = Folder::new();
    folder.file("m.safetensors", weights());
    for (name, tint) in [("sky/a.png", 200), ("indian/b.png", 90)] {
        let picture = RgbImage::from_fn(48, 32, |x, y| Rgb([(x * 5) as u8, (y * 7) as u8, tint]));
        let path = folder.path(&format!("val/{name}"));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        picture.save(path).unwrap();
    }
    folder
}

#[test]
fn a_folder_is_measured_and_reported() {
    let folder = dataset();
    let run = folder
        .autochrome()
        .args(["evaluate", "--data", "val", "--models", "m.safetensors", "--predictions", "other=val"])
        .args(["--size", "32", "--json", "figures.jsonl", "--report", "report"])
        .assert()
        .success();
    let table = String::from_utf8(run.get_output().stdout.clone()).unwrap();
    for row in ["gray ", "m ", "other ", "truth "] {
        assert!(table.lines().any(|line| line.starts_with(row)), "{row} in\n{table}");
    }
    let figures = std::fs::read_to_string(folder.path("figures.jsonl")).unwrap();
    let lines: Vec<serde_json::Value> =
        figures.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.iter().filter(|line| line["kind"] == "total").count(), 4);
    let page = std::fs::read_to_string(folder.path("report/index.html")).unwrap();
    assert!(page.contains("data:image/jpeg;base64,") && page.contains("</html>"));
}

#[test]
fn pictures_without_a_truth_need_none() {
    let folder = dataset();
    let run = folder
        .autochrome()
        .args(["evaluate", "--data", "val", "--methods", "gray", "--no-truth", "--size", "32"])
        .assert()
        .success();
    let table = String::from_utf8(run.get_output().stdout.clone()).unwrap();
    assert!(table.contains("gray ") && !table.contains("truth ") && !table.contains("PSNR"), "{table}");
}

#[test]
fn a_missing_folder_and_two_rows_of_one_name_are_wrong_usage() {
    let folder = dataset();
    let gray = ["evaluate", "--methods", "gray", "--data"];
    folder.autochrome().args(gray).arg("nowhere").assert().code(2);
    folder.autochrome().args(gray).args(["val", "--predictions", "gray=val"]).assert().code(2);
}
