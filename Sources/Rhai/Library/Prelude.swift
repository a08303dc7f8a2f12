// Functions of the library that call functions of the script. They are written in the language itself, so that a call
// of theirs is a call like any other: nothing of it lies on the thread's stack.

/// The functions in the language itself.
enum Prelude {
    /// The functions of a name for so many arguments behind the first value.
    static func functions(named name: String, count: Int) -> [LibraryFunction] {
        table[Compiler.FunctionKey(name: name, count: count)] ?? []
    }

    private static let table: [Compiler.FunctionKey: [LibraryFunction]] = {
        var table: [Compiler.FunctionKey: [LibraryFunction]] = [:]
        do {
            let script = try Compiler.compile(Parser.parse(source), isLibrary: true)
            for (key, number) in script.functionIndex {
                let isArray = key.name.hasPrefix("array_")
                let name = String(key.name.dropFirst(isArray ? "array_".count : "map_".count))
                table[Compiler.FunctionKey(name: name, count: key.count), default: []].append(
                    LibraryFunction(
                        receiver: isArray ? .array : .map, takesName: isArray && name != "index_of",
                        code: script.functions[number]))
            }
        } catch {
            preconditionFailure("the functions of the library are well written: \(error)")
        }
        return table
    }()

    // A predicate holds if it gives true; what else it gives does not matter.
    private static let source = """
        fn array_map(f) {
            let result = [];
            for (x, i) in this { result.push(call_each(f, x, i)); }
            result
        }
        fn array_filter(f) {
            let result = [];
            for (x, i) in this { if call_each(f, x, i) == true { result.push(x); } }
            result
        }
        fn array_for_each(f) {
            for i in 0..this.len() {
                if takes_nothing(f) { this[i].call(f); } else { this[i].call(f, i); }
            }
        }
        fn array_some(f) {
            for (x, i) in this { if call_each(f, x, i) == true { return true; } }
            false
        }
        fn array_all(f) {
            for (x, i) in this { if call_each(f, x, i) != true { return false; } }
            true
        }
        fn array_find(f) {
            for (x, i) in this { if call_each(f, x, i) == true { return x; } }
        }
        fn array_find(f, start) {
            let first = place_from(this.len(), start);
            for i in first..this.len() { if call_each(f, this[i], i) == true { return this[i]; } }
        }
        fn array_find_map(f) {
            for (x, i) in this {
                let result = call_each(f, x, i);
                if result != () { return result; }
            }
        }
        fn array_find_map(f, start) {
            let first = place_from(this.len(), start);
            for i in first..this.len() {
                let result = call_each(f, this[i], i);
                if result != () { return result; }
            }
        }
        fn array_index_of(f) {
            for (x, i) in this { if call_each(f, x, i) == true { return i; } }
            -1
        }
        fn array_index_of(f, start) {
            let first = place_from(this.len(), start);
            for i in first..this.len() { if call_each(f, this[i], i) == true { return i; } }
            -1
        }
        fn array_reduce(f) {
            let result = ();
            for (x, i) in this { result = call_reduce(f, result, x, i); }
            result
        }
        fn array_reduce(f, result) {
            for (x, i) in this { result = call_reduce(f, result, x, i); }
            result
        }
        fn array_reduce_rev(f) {
            let result = ();
            for i in range(this.len() - 1, -1, -1) { result = call_reduce(f, result, this[i], i); }
            result
        }
        fn array_reduce_rev(f, result) {
            for i in range(this.len() - 1, -1, -1) { result = call_reduce(f, result, this[i], i); }
            result
        }
        fn array_dedup(f) {
            let kept = [];
            for x in this { if kept.is_empty() || call(f, x, kept[-1]) != true { kept.push(x); } }
            this = kept;
        }
        fn array_drain(f) {
            let kept = [];
            let gone = [];
            for (x, i) in this { if call_each(f, x, i) == true { gone.push(x); } else { kept.push(x); } }
            this = kept;
            gone
        }
        fn array_retain(f) {
            let kept = [];
            let gone = [];
            for (x, i) in this { if call_each(f, x, i) == true { kept.push(x); } else { gone.push(x); } }
            this = kept;
            gone
        }
        fn array_sort(f) {
            let count = this.len();
            let sorted = this;
            let width = 1;
            while width < count {
                let merged = [];
                let start = 0;
                while start < count {
                    let left = start;
                    let middle = min(start + width, count);
                    let right = middle;
                    let end = min(start + 2 * width, count);
                    while left < middle && right < end {
                        if call(f, sorted[right], sorted[left]) < 0 {
                            merged.push(sorted[right]);
                            right += 1;
                        } else {
                            merged.push(sorted[left]);
                            left += 1;
                        }
                    }
                    while left < middle { merged.push(sorted[left]); left += 1; }
                    while right < end { merged.push(sorted[right]); right += 1; }
                    start += 2 * width;
                }
                sorted = merged;
                width *= 2;
            }
            this = sorted;
        }
        fn map_filter(f) {
            let result = #{};
            for key in this.keys() { if call_each(f, key, this[key]) == true { result[key] = this[key]; } }
            result
        }
        fn map_drain(f) {
            let gone = #{};
            for key in this.keys() {
                if call_each(f, key, this[key]) == true { gone[key] = this.remove(key); }
            }
            gone
        }
        fn map_retain(f) {
            let gone = #{};
            for key in this.keys() {
                if call_each(f, key, this[key]) != true { gone[key] = this.remove(key); }
            }
            gone
        }
        """
}
