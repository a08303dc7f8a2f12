// What is said of a node whose kind this build does not have (spec nodes 2.10, 2.11, 2.14).

internal import Engine
internal import Primitives

extension DocumentNode {
    /// Why the node cannot be made: `not found` and the kind's name, and for what flowd leaves out on purpose a sentence
    /// that says so.
    var absence: String {
        let name = "not found: \(kindName.quotedContent)"
        guard let reason else { return name }
        return "\(name): \(reason)"
    }

    private var reason: String? {
        switch runtime {
        case .deno: return "it needs Deno, which flowd does not run"
        case .bun: return "it needs Bun, which flowd does not run"
        case .wasm: return "it needs a WebAssembly runtime, which flowd does not have"
        case .native, .mock: break
        }
        if bareName == "qr_code" {
            return "flowd draws no codes; ask a service for the picture with http_request"
        }
        if isMeant("image_", shelf: "@spo/image.") {
            return "flowd has no image nodes; ask a service for the picture with http_request"
        }
        if isMeant("polars_", shelf: "@spo/polars.") {
            return "flowd has no data frames; work on arrays of objects with filter, array_sort and csv_parse"
        }
        return nil
    }

    /// True if the kind stands on this shelf, or its name begins like this.
    private func isMeant(_ prefix: String, shelf: String) -> Bool {
        kindName.utf8.starts(with: shelf.utf8) || bareName.utf8.starts(with: prefix.utf8)
    }

    /// The kind's name without `@spo/`, its shelf and its version.
    private var bareName: Substring {
        let parts = kindName.split(separator: ".", maxSplits: 2)
        return kindName.hasPrefix("@spo/") && parts.count == 3 ? parts[1] : kindName[...]
    }
}
