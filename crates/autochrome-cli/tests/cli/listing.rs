//! What the program says of itself.

use crate::util::{Folder, weights};

fn stdout(arguments: &[&str]) -> String {
    let folder = Folder::new();
    folder.file("m.safetensors", weights());
    let output = folder.autochrome().args(arguments).assert().success().get_output().stdout.clone();
    String::from_utf8(output).unwrap()
}

#[test]
fn methods_are_listed_with_the_default_marked() {
    let list = stdout(&["methods"]);
    assert!(list.lines().next().unwrap().contains("(default)"), "{list}");
    assert!(list.lines().any(|line| line.starts_with("gray ")), "{list}");
}

#[test]
fn a_method_is_shown_with_its_options() {
    let page = stdout(&["methods", "neural"]);
    assert!(page.contains("temperature") && page.contains("Pandey"), "{page}");
    let json: serde_json::Value = serde_json::from_str(&stdout(&["methods", "--json"])).unwrap();
    assert!(
        json.as_array().unwrap().iter().any(|method| method["id"] == "gray" && method["uses_model"] == false)
    );
}

#[test]
fn filters_are_listed() {
    let list = stdout(&["filters"]);
    assert!(list.lines().any(|line| line.starts_with("sepia ")), "{list}");
    let json: serde_json::Value = serde_json::from_str(&stdout(&["filters", "--json"])).unwrap();
    assert_eq!(json.as_array().unwrap().len(), list.lines().count());
}

#[test]
fn a_card_is_shown_for_people_and_for_programs() {
    assert!(stdout(&["models", "show", "m.safetensors"]).starts_with("# Model `tiny`"));
    let json: serde_json::Value =
        serde_json::from_str(&stdout(&["models", "show", "m.safetensors", "--json"])).unwrap();
    assert_eq!(json["id"], "tiny");
}

#[test]
fn a_model_is_exported_with_its_description_and_nothing_is_written_over() {
    let folder = Folder::new();
    folder.file("m.safetensors", weights());
    let export = || {
        let mut command = folder.autochrome();
        command.args(["models", "export", "--onnx", "m.onnx", "--model", "m.safetensors"]);
        command
    };
    export().assert().success();
    assert_eq!(folder.files(), ["m.onnx", "m.safetensors", "m.toml"]);
    let shown = folder.autochrome().args(["models", "show", "m.onnx"]).assert().success();
    assert!(String::from_utf8_lossy(&shown.get_output().stdout).starts_with("# Model `tiny`"));
    export().assert().code(2);
    export().arg("--overwrite").assert().success();
}

#[test]
fn an_onnx_file_without_description_or_runtime_says_what_is_missing() {
    let folder = Folder::new();
    folder.picture("a.png").file("x.onnx", b"").file("y.onnx", b"");
    let text = "id = \"y\"\n[inference]\nsize_px = 64\n[input]\nkind = \"l\"\n[output]\nkind = \"ab\"\n";
    folder.file("y.toml", text);
    for (model, wanted) in [("x.onnx", "x.toml"), ("y.onnx", "ONNX Runtime")] {
        let mut command = folder.autochrome();
        command.env("ORT_DYLIB_PATH", "/no/such/library.so");
        let output = command.args(["colorize", "a.png", "-o", "b.png", "--model", model]).assert().code(3);
        let stderr = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
        assert!(stderr.contains(wanted), "{stderr}");
    }
}

#[test]
fn models_are_listed() {
    let json: serde_json::Value = serde_json::from_str(&stdout(&["models", "--json"])).unwrap();
    let list = stdout(&["models"]);
    for model in json.as_array().unwrap() {
        assert!(list.contains(model["id"].as_str().unwrap()), "{list}");
    }
    assert_eq!(
        json.as_array().unwrap().iter().filter(|model| model["default"] == true).count(),
        json.as_array().unwrap().len().min(1)
    );
}

#[test]
fn completions_and_manual_name_every_command() {
    let folder = Folder::new();
    folder.autochrome().args(["man", "--out-dir", "man"]).assert().success();
    let (script, page) = (stdout(&["completions", "bash"]), stdout(&["man"]));
    for command in ["colorize", "models", "methods", "filters", "train"] {
        assert!(script.contains(command) && page.contains(command), "{command}");
        assert!(folder.path(&format!("man/autochrome-{command}.1")).exists(), "{command}");
    }
}
