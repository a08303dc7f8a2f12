// What of a value is shown in events: all of it, unless it is too large.

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
                // Marked like a secret: what is written down of it is not what it was.
                return (entry.key, .secret(SecretValue(.null, shownAs: .string(note))))
            })
    }
}
