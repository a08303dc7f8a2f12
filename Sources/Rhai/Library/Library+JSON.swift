// JSON and values of scripts.

internal import Primitives
internal import Values
internal import Wire

extension Library {
    static func addJSON(to library: inout LibraryBuilder) {
        for name in ["json_encode", "to_json"] {
            library.add(name, .everything) { (value, arguments, session) throws(Fault) in
                guard arguments.count == 0 else { return nil }
                var writer = JSONWriter()
                try write(value, to: &writer)
                return try session.string(String(decoding: writer.output, as: UTF8.self))
            }
        }
        for name in ["json_decode", "parse_json"] {
            library.add(name, [.string]) { (value, arguments, session) throws(Fault) in
                guard case .string(let text) = value, arguments.count == 0 else { return nil }
                session.made(text.utf8.count * 8)
                return try parse(text)
            }
        }
    }

    // MARK: Writing

    private static func write(_ value: Dynamic, to writer: inout JSONWriter) throws(Fault) {
        guard writer.output.count <= 2 * Limits.scriptStringBytesMax else {
            throw .tooLarge("the number of bytes of a string", Limits.scriptStringBytesMax)
        }
        switch value {
        case .missing, .unit: writer.null()
        case .bool(let flag): writer.bool(flag)
        case .int(let number): writer.integer(number)
        case .float(let number): write(number, to: &writer)
        case .decimal(let number):
            if let whole = number.exactly(Int64.self) {
                writer.integer(whole)
            } else {
                write(number.double, to: &writer)
            }
        case .char, .string: writer.string(value.text)
        case .array(let box):
            writer.beginArray()
            for element in box.elements { try write(element, to: &writer) }
            writer.endArray()
        case .map(let box):
            writer.beginObject()
            for entry in box.entries {
                writer.key(entry.key)
                try write(entry.value, to: &writer)
            }
            writer.endObject()
        case .blob(let box):
            writer.beginArray()
            for byte in box.bytes { writer.integer(byte) }
            writer.endArray()
        case .range, .series, .function, .opaque, .cell:
            throw Fault(.typeMismatch, "a value of type '\(value.typeName)' has no form in JSON")
        }
    }

    private static func write(_ number: Double, to writer: inout JSONWriter) {
        if number.isFinite { writer.double(number) } else { writer.null() }
    }

    // MARK: Reading

    private static func parse(_ text: String) throws(Fault) -> Dynamic {
        var reader = JSONReader(Array(text.utf8))
        do {
            let value = try read(&reader, depth: 0)
            try reader.finish()
            return value
        } catch let fault as Fault {
            throw fault
        } catch {
            throw Fault(.runtime, "this text is not JSON: \(error)")
        }
    }

    /// Whole numbers that fit stay whole; other numbers become floating-point numbers.
    private static func read(_ reader: inout JSONReader, depth: Int) throws -> Dynamic {
        switch try reader.peek() {
        case .null:
            try reader.readNull()
            return .unit
        case .bool: return .bool(try reader.readBool())
        case .number:
            let number = try reader.readNumber()
            if let whole = number.integer(Int64.self) { return .int(whole) }
            guard number.double.isFinite else {
                throw Fault(.runtime, "this text has a number that is too large")
            }
            return .float(number.double)
        case .string: return .string(try reader.readString())
        case .array:
            try check(depth)
            var elements: [Dynamic] = []
            try reader.beginArray()
            while try reader.nextElement() {
                guard elements.count < Limits.scriptArrayElementsMax else {
                    throw Fault.tooLarge("the number of elements of an array", Limits.scriptArrayElementsMax)
                }
                elements.append(try read(&reader, depth: depth + 1))
            }
            let box = ArrayBox(elements)
            try box.weight.check()
            return .array(box)
        case .object:
            try check(depth)
            let box = MapBox()
            try reader.beginObject()
            while let key = try reader.nextKey() {
                try box.set(try read(&reader, depth: depth + 1), for: key)
            }
            return .map(box)
        }
    }

    private static func check(_ depth: Int) throws {
        guard depth < Limits.scriptValueDepthMax else {
            throw Fault.tooLarge("the depth of a value", Limits.scriptValueDepthMax)
        }
    }
}
