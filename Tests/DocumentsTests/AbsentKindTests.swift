import Testing

/// Spec nodes 2.10, 2.11, 2.14, 6.54.
@Suite struct `Kinds that flowd leaves out` {
    private static let picture = "flowd has no image nodes; ask a service for the picture with http_request"
    private static let frame =
        "flowd has no data frames; work on arrays of objects with filter, array_sort and csv_parse"

    @Test(
        arguments: [
            ("image_resize", picture), ("@spo/image.image_resize.0.1", picture),
            ("@spo/image.blur.0.1", picture),
            ("qr_code", "flowd draws no codes; ask a service for the picture with http_request"),
            (
                "@spo/image.qr_code.0.1",
                "flowd draws no codes; ask a service for the picture with http_request"
            ),
            ("polars_inner_join", frame), ("@spo/polars.polars_head.0.1", frame),
            ("@spo/polars.create_dataframe.0.1", frame),
            ("deno_add", "it needs Deno, which flowd does not run"),
            ("@x/y/bun_add", "it needs Bun, which flowd does not run"),
            ("imagine", nil), ("@you/image.image_resize.0.1", nil), ("image", nil), ("polarsx", nil),
            ("", nil),
        ] as [(String, String?)])
    func `are told in a sentence, and others are just not found`(name: String, reason: String?) {
        let text = "failed to create command: not found: \(name)" + (reason.map { ": " + $0 } ?? "")
        let nodes = #"{"nodes":[{"id":"\#(id(1))","data":{"node_id":"\#(name)","ports":{}}}]}"#
        #expect(problems(nodes) == ["\(text) (node \(id(1)))"])
    }

    @Test(arguments: [
        ("deno", "it needs Deno, which flowd does not run"),
        ("BUN", "it needs Bun, which flowd does not run"),
        ("wasm", "it needs a WebAssembly runtime, which flowd does not have"),
        ("WASM", "it needs a WebAssembly runtime, which flowd does not have"),
    ])
    func `are also those of another runtime, in every form of document`(type: String, reason: String) {
        for node in [
            #""type":"\#(type)","data":{"node_id":"const","ports":{}}"#,
            #""data":{"type":"\#(type)","node_id":"const","inputs":[]}"#,
            #""data":{"type":"\#(type)","node_id":"const","targets":[]}"#,
        ] {
            let text = "failed to create command: not found: const: \(reason) (node \(id(1)))"
            #expect(problems(#"{"nodes":[{"id":"\#(id(1))",\#(node)}]}"#) == [text])
        }
    }
}
