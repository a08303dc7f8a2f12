// The part of a value that events show: all of it, unless it is too large.

internal import Primitives
internal import Values

extension ValueMap {
    /// The same names with values as events show them: one that is larger than an event may be is replaced by a text
    /// that says so. What flows along edges is never touched.
    var shown: ValueMap {
        var budget = Limits.eventValueBytesMax
        for entry in entries {
            budget -= entry.value.approximateBytes(upTo: budget)
            guard budget >= 0 else { return cut }
        }
        return self
    }

    private var cut: ValueMap {
        var budget = Limits.eventValueBytesMax
        return ValueMap(
            entries.map { entry in
                let size = entry.value.approximateBytes(upTo: budget)
                guard size > budget else {
                    budget -= size
                    return (entry.key, entry.value)
                }
                let note = "VALUE TOO LARGE: events show at most \(Limits.eventValueBytesMax) bytes"
                // The note is marked like a secret, because what is written down is not the value itself.
                return (entry.key, .secret(SecretValue(.null, shownAs: .string(note))))
            })
    }
}
