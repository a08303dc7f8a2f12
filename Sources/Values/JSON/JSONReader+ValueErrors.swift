// The reader of JSON with the errors of values, so that a decoder of values throws one type.

internal import Wire

extension JSONReader {
    mutating func kind() throws(ValueJSONError) -> Kind {
        do { return try peek() } catch { throw .json(error) }
    }

    mutating func bool() throws(ValueJSONError) -> Bool {
        do { return try readBool() } catch { throw .json(error) }
    }

    mutating func number() throws(ValueJSONError) -> JSONNumber {
        do { return try readNumber() } catch { throw .json(error) }
    }

    mutating func text() throws(ValueJSONError) -> String {
        do { return try readString() } catch { throw .json(error) }
    }

    mutating func enterArray() throws(ValueJSONError) {
        do { try beginArray() } catch { throw .json(error) }
    }

    mutating func hasElement() throws(ValueJSONError) -> Bool {
        do { return try nextElement() } catch { throw .json(error) }
    }

    mutating func enterObject() throws(ValueJSONError) {
        do { try beginObject() } catch { throw .json(error) }
    }

    mutating func name() throws(ValueJSONError) -> String? {
        do { return try nextKey() } catch { throw .json(error) }
    }

    mutating func end() throws(ValueJSONError) {
        do { try finish() } catch { throw .json(error) }
    }
}
