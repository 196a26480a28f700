//! Values from a file, from the environment and from the command line, and backups.

use std::fs;
use std::process::Command;

use crate::client::{CAMERA, FORM, form};
use crate::{autochrome, serve};

fn printed(arguments: &[&str], variables: &[(&str, &str)]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_autochrome"));
    command.args(arguments).envs(variables.iter().copied());
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn the_command_line_precedes_the_environment_which_precedes_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("autochrome.toml");
    let text = "memory = 100\nkeep = \"2h\"\n[serve]\nbind = \"127.0.0.1:1\"\nrate = 7\nmemory = 200\nallow-anonymous = true\n\
        [worker]\nmemory = 300\n";
    fs::write(&file, text).unwrap();
    let file = file.to_str().unwrap();
    let variables = [("AUTOCHROME_BIND", "127.0.0.1:2"), ("AUTOCHROME_RATE", "8")];
    let arguments = ["serve", "--config", file, "--print-config", "--bind", "127.0.0.1:3"];
    let (code, told, words) = printed(&arguments, &variables);
    assert_eq!(code, Some(0), "{words}");
    for line in [
        "[serve]",
        "bind = \"127.0.0.1:3\"  # command line",
        "rate = 8  # AUTOCHROME_RATE",
        "memory = 200  # file",
        "keep = \"2h\"  # file",
        "allow-anonymous = true  # file",
        "work = false  # default",
        "header-timeout = \"15s\"  # default",
        "# media-dir is not set",
    ] {
        assert!(told.lines().any(|found| found == line), "{line} is not in\n{told}");
    }
    // What is printed is a file that says the same.
    let again = folder.path().join("again.toml");
    fs::write(&again, &told).unwrap();
    let (code, told_again, _) =
        printed(&["serve", "--config", again.to_str().unwrap(), "--print-config"], &[]);
    let values = |text: &str| -> Vec<String> {
        text.lines().map(|line| line.split("  # ").next().unwrap().to_owned()).collect()
    };
    assert_eq!((code, values(&told_again)), (Some(0), values(&told)));
    let (_, worker, _) = printed(&["worker", "--config", file, "--print-config"], &[]);
    assert!(worker.contains("memory = 300  # file"), "{worker}");
}

#[test]
fn what_cannot_be_is_said_with_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("autochrome.toml");
    let refused = |text: &str| {
        fs::write(&file, text).unwrap();
        let (code, _, words) = printed(&["serve", "--config", file.to_str().unwrap(), "--print-config"], &[]);
        assert_eq!(code, Some(2), "{words}");
        words
    };
    assert!(refused("colour = 1").contains("`colour`"));
    assert!(refused("[worker]\nbind = \"127.0.0.1:1\"").contains("`bind`"));
    assert!(refused("rate = 0").contains("--rate"));
    assert!(refused("allow-anonymous = \"perhaps\"").contains("allow-anonymous"));
    assert!(refused("rate =").contains("autochrome.toml"));
    let secret = [("AUTOCHROME_QUEUE", "nats://me:secret@127.0.0.1:4222")];
    let (code, told, _) = printed(&["serve", "--print-config"], &secret);
    assert!(
        code == Some(0) && told.contains("nats://***@127.0.0.1:4222") && !told.contains("secret"),
        "{told}"
    );
    let (code, _, words) = printed(&["worker"], &[]);
    assert!(code == Some(2) && words.contains("--queue"), "{words}");
}

#[test]
fn a_backup_of_a_running_server_is_restored() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let backup = folder.path().join("backup.db");
    let backup = backup.to_str().unwrap();
    let run = |arguments: &[&str]| autochrome(&data, arguments).output().unwrap().status.code();
    let (mut child, server) = serve(&data);
    let id = server.job(&[FORM], &form(&[("image", CAMERA), ("options", br#"{"method":"gray"}"#)]));
    server.over(&id);
    let result = server.get(&format!("/v1/jobs/{id}/result")).body;
    assert_eq!(run(&["jobs", "backup", backup]), Some(0));
    assert_eq!(run(&["jobs", "backup", backup]), Some(2), "a backup is not written over");
    assert_eq!(run(&["jobs", "restore", backup, "--overwrite"]), Some(3), "a server runs");
    assert_eq!(server.send("DELETE", &format!("/v1/jobs/{id}"), &[], b"").status, 204);
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(run(&["jobs", "restore", backup]), Some(2), "there are jobs");
    assert_eq!(run(&["jobs", "restore", backup, "--overwrite"]), Some(0));
    let (mut child, server) = serve(&data);
    assert_eq!(server.get(&format!("/v1/jobs/{id}/result")).body, result);
    child.kill().unwrap();
    child.wait().unwrap();
}
