// How values travel in cells of the database: as parameters of statements, in rows of COPY, and in results.

internal import Postgres
internal import Primitives

/// A type of the database together with the Swift values that its cells hold here.
struct CellType<Value>: Sendable {
    /// What a parameter or a column that is written is declared as.
    let written: PostgresType
    /// What the column of a result is.
    let read: PostgresType
    /// Makes what is selected of the name of a column; most columns are selected as they are.
    let selected: @Sendable (String) -> String
    let encode: @Sendable (Value) -> PostgresValue
    /// Reads the cell of a row that has this index. Throws if it does not hold such a value.
    let decode: @Sendable (PostgresRows.Row, Int) throws(PostgresError) -> Value

    /// Cells that are written as one type, and read as it unless another one is selected.
    init(
        _ written: PostgresType, read: PostgresType? = nil,
        selected: @escaping @Sendable (String) -> String = { $0 },
        encode: @escaping @Sendable (Value) -> PostgresValue,
        decode: @escaping @Sendable (PostgresRows.Row, Int) throws(PostgresError) -> Value
    ) {
        self.written = written
        self.read = read ?? written
        self.selected = selected
        self.encode = encode
        self.decode = decode
    }

    /// Cells that may be null.
    static func optional<Wrapped>(_ type: CellType<Wrapped>) -> CellType where Value == Wrapped? {
        let (encode, decode) = (type.encode, type.decode)
        return CellType(type.written, read: type.read, selected: type.selected) { value in
            value.map(encode) ?? .null
        } decode: { row, index throws(PostgresError) in
            row.isNull(index) ? nil : try decode(row, index)
        }
    }

    /// An array as a parameter. Columns of arrays have types of their own.
    static func array<Element>(_ type: CellType<Element>) -> CellType where Value == [Element] {
        let (written, encode) = (type.written, type.encode)
        return CellType(written.array) { values in
            var array = PostgresArray(of: written)
            for value in values { array.append(encode(value)) }
            return .array(array)
        } decode: { _, _ throws(PostgresError) in
            throw .unreadable("array")
        }
    }

    /// The same cells for values that are made of these.
    ///
    /// - Parameters:
    ///   - wrap: throws if a stored value is not one that can be here.
    ///   - unwrap: gives what is stored of a value.
    func mapped<Other>(
        _ wrap: @escaping @Sendable (Value) throws(PostgresError) -> Other,
        _ unwrap: @escaping @Sendable (Other) -> Value
    ) -> CellType<Other> {
        CellType<Other>(written, read: read, selected: selected) { [encode] value in
            encode(unwrap(value))
        } decode: { [decode] row, index throws(PostgresError) in
            try wrap(try decode(row, index))
        }
    }

    /// The same cells for values of a type that not every stored value has.
    ///
    /// - Parameters:
    ///   - what: names the value in the error.
    ///   - wrap: nil if the stored value is none of this type.
    func checked<Other>(
        _ what: String, _ wrap: @escaping @Sendable (Value) -> Other?,
        _ unwrap: @escaping @Sendable (Other) -> Value
    ) -> CellType<Other> {
        mapped(
            { value throws(PostgresError) in
                guard let other = wrap(value) else { throw .unreadable(what) }
                return other
            }, unwrap)
    }
}

extension PostgresError {
    /// A cell, or several, that hold nothing that this project can have written.
    static func unreadable(_ what: String) -> PostgresError {
        PostgresError(.unexpectedReply, detail: "the \(what) cannot be read")
    }
}
