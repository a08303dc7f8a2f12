// The fields of events in neutral terms: which there are, of what type, in which order.

public import Primitives
public import Values

/// Something whose fields can be gone through.
public protocol FieldHolder {
    /// Goes through the fields in the order in which they are stored. Each is named once, here, for whoever writes them,
    /// reads them or puts something else in their place.
    mutating func walk(_ fields: inout some EventFields)
}

/// Takes the fields of an event one by one: writes them, reads them, or replaces them.
///
/// What an event's own fields do not say stands around them (`EventFrame`). The names belong to the journal: once a row
/// has been written with a name, the name stays.
public protocol EventFields {
    /// A text of the engine's own making.
    mutating func text(_ name: String, _ value: inout String)
    /// A text of nodes or people, which storage may refuse.
    mutating func freeText(_ name: String, _ value: inout String)
    /// As `freeText`; not stored if it is nil.
    mutating func optionalFreeText(_ name: String, _ value: inout String?)
    /// Stored only if it is true.
    mutating func flag(_ name: String, _ value: inout Bool)
    /// A name that is a number.
    mutating func number(_ name: String, _ value: inout some NumberedName)
    /// One of a fixed set of words.
    mutating func word(_ name: String, _ value: inout some RawRepresentable<String>)
    /// A run.
    mutating func run(_ name: String, _ value: inout RunID)
    /// A public key.
    mutating func publicKey(_ name: String, _ value: inout Bytes32)
    /// Any bytes.
    mutating func bytes(_ name: String, _ value: inout [UInt8])
    /// A moment, stored to the millisecond.
    mutating func time(_ name: String, _ value: inout Timestamp)
    /// A time to wait, stored in whole milliseconds.
    mutating func duration(_ name: String, _ value: inout Duration)
    /// Nodes of the run's flow.
    mutating func nodes(_ name: String, _ value: inout [NodeID])
    /// Values as they are shown. An event has at most one field of values, marked or not, and its effect names it.
    mutating func values(_ name: String, _ value: inout ValueMap)
    /// As `values`; which of them are hidden or cut is stored as well, as these cannot be put into a machine again.
    mutating func markedValues(_ name: String, _ value: inout ValueMap)
}

/// A name that is a number within some range.
public protocol NumberedName {
    /// Nil unless the number is within the range.
    init?(_ number: Int64)
    /// The number.
    var number: Int64 { get }
}

extension SignatureRequestID: NumberedName {}
