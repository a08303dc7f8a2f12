// The bounds of this target: values.

public import Primitives

extension Limits {
    /// Nesting of a value. Each level is two of JSON, the tag and its payload, and an event adds a few around
    /// it: so every value that was written can be read back within `jsonDepthMax`.
    public static let valueDepthMax = 60
}
