// The parameters of a statement under construction: whatever a client has sent gets into SQL as one of them.

internal import Postgres
internal import Primitives
internal import Tables

/// The parameters of a statement that is made for one request.
struct TableParameters {
    private(set) var types: [PostgresType] = []
    private(set) var values: [PostgresValue] = []

    /// Binds a value; gives the text that stands for it.
    mutating func bind(_ value: PostgresValue, _ type: PostgresType) -> String {
        types.append(type)
        values.append(value)
        return "$\(values.count)"
    }

    /// Binds a value as what its column holds; a moment comes as text, which the statement casts.
    mutating func bind(_ value: TableValue, as type: TableColumnType) -> String {
        let place = bind(TableParameters.value(value, type), TableParameters.type(type))
        return type == .time ? "\(place)::timestamptz" : place
    }

    /// Binds several texts.
    mutating func bind(_ texts: [String]) -> String {
        bind(.array(PostgresArray(of: .text, texts.map { .text($0) })), PostgresType.text.array)
    }

    /// Binds an array of values.
    mutating func bind(_ values: [TableValue], as type: TableColumnType) -> String {
        let element = TableParameters.type(type)
        let array = PostgresArray(of: element, values.map { TableParameters.value($0, type) })
        let place = bind(.array(array), element.array)
        return type == .time ? "\(place)::timestamptz[]" : place
    }

    private static func type(_ type: TableColumnType) -> PostgresType {
        switch type {
        case .integer, .flow: .integer
        case .bigint: .bigint
        case .bool: .bool
        case .text, .time: .text
        case .uuid, .flowUUID: .uuid
        case .json, .list: .json
        }
    }

    private static func value(_ value: TableValue, _ type: TableColumnType) -> PostgresValue {
        switch value {
        case .null: .null
        case .integer(let number):
            TableParameters.type(type) == .integer ? .integer(Int32(clamping: number)) : .bigint(number)
        case .bool(let flag): .bool(flag)
        case .text(let text), .time(let text): .text(text)
        case .uuid(let id): .uuid(id)
        case .json(let bytes): .json(bytes)
        }
    }
}
