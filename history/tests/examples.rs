//! What the examples print.

#[path = "../examples/convert.rs"]
#[expect(dead_code, reason = "its `main` prints the same")]
mod convert;

#[test]
fn operations_are_written_for_other_checkers() {
    let mut text = Vec::new();
    convert::run(&mut text).expect("an example succeeds");
    let text = String::from_utf8(text).expect("it prints text");
    assert_eq!(
        text.lines().collect::<Vec<_>>(),
        [
            "6 events, 706 bytes as they are: nothing is lost",
            "EDN:",
            "{:process 0, :type :invoke, :f :write, :value [7 1], :time 1000}",
            "{:process 0, :type :ok, :f :write, :value [7 1], :time 2000}",
            "{:process 0, :type :invoke, :f :write, :value [7 2], :time 3000}",
            "{:process 1, :type :invoke, :f :read, :value [7 nil], :time 4000}",
            "{:process 0, :type :info, :f :write, :value [7 2], :time 5000, :error 9}",
            "{:process 1, :type :ok, :f :read, :value [7 2], :time 6000}",
            "JSON lines:",
            r#"{"process":0,"type":"invoke","f":"write","key":7,"value":1,"time":1000}"#,
            r#"{"process":0,"type":"ok","f":"write","key":7,"value":1,"time":2000}"#,
            r#"{"process":0,"type":"invoke","f":"write","key":7,"value":2,"time":3000}"#,
            r#"{"process":1,"type":"invoke","f":"read","key":7,"value":null,"time":4000}"#,
            r#"{"process":0,"type":"info","f":"write","key":7,"value":2,"time":5000,"error":9}"#,
            r#"{"process":1,"type":"ok","f":"read","key":7,"value":2,"time":6000}"#,
            "Porcupine:",
            r#"[{"Call":1000,"ClientId":0,"Input":{"f":"write","from":null,"key":7,"value":1},"Output":{"ok":true,"value":null},"Return":2000},"#,
            r#"{"Call":3000,"ClientId":0,"Input":{"f":"write","from":null,"key":7,"value":2},"Output":{"ok":null,"value":null},"Return":6001},"#,
            r#"{"Call":4000,"ClientId":1,"Input":{"f":"read","from":null,"key":7,"value":null},"Output":{"ok":true,"value":2},"Return":6000}]"#,
        ]
    );
}

#[test]
fn every_example_is_run_here() {
    let here = include_str!("examples.rs");
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/examples");
    for entry in std::fs::read_dir(folder).expect("there are examples") {
        let name = entry.expect("it can be listed").file_name();
        let path = format!("\"../examples/{}\"", name.to_string_lossy());
        assert!(here.contains(&path), "{name:?} is not run");
    }
}
