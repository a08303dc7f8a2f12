// Header fields in the order of the message, found by name without regard to case.

/// The header fields of a message (RFC 9110 section 5).
///
/// Names keep the case they came in and are compared without it. A message has few fields, so they are
/// searched one after the other.
public struct HTTPHeaders: Sendable {
    /// One field.
    public typealias Field = (name: String, value: String)

    /// The fields in order.
    public private(set) var fields: [Field]

    /// Fields in this order.
    public init(_ fields: [Field] = []) {
        self.fields = fields
    }

    public var count: Int { fields.count }

    /// The value of the first field of this name. Setting it replaces all fields of the name; nil removes them.
    public subscript(name: String) -> String? {
        get { fields.first { ASCII.equal($0.name, name) }?.value }
        set {
            fields.removeAll { ASCII.equal($0.name, name) }
            if let newValue { add(name, newValue) }
        }
    }

    /// Adds a field behind the others.
    public mutating func add(_ name: String, _ value: String) {
        fields.append((name: name, value: value))
    }

    /// The values of all fields of this name, in order.
    public func values(of name: String) -> [String] {
        fields.filter { ASCII.equal($0.name, name) }.map(\.value)
    }

    /// The elements of a list that may stand in several fields, without surrounding white space and without
    /// empty elements (RFC 9110 section 5.6.1).
    public func list(_ name: String) -> [String] {
        // Most messages have no list of a given name: then nothing is allocated.
        guard self[name] != nil else { return [] }
        return values(of: name).flatMap { value in
            value[...].utf8.split(separator: UInt8(ascii: ",")).map { ASCII.trim($0) }.filter { !$0.isEmpty }
                .map(String.init)
        }
    }

    /// True if a list field has this element in any case.
    public func list(_ name: String, contains element: String) -> Bool {
        list(name).contains { ASCII.equal($0, element) }
    }
}

extension HTTPHeaders: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, String)...) {
        self.init(elements.map { (name: $0, value: $1) })
    }
}
