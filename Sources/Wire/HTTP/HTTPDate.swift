// The date format of HTTP headers. Pure function.

public import Primitives

/// Moments as HTTP writes them (RFC 9110 section 5.6.7).
public enum HTTPDate {
    /// Such as `Sun, 06 Nov 1994 08:49:37 GMT`. Fractions of a second are dropped.
    public static func text(of time: Timestamp) -> String {
        // The date part of RFC 3339 has every number that is needed, at fixed places.
        let text = Array(time.text.utf8)
        let seconds = time.nanoseconds / 1_000_000_000 - (time.nanoseconds % 1_000_000_000 < 0 ? 1 : 0)
        let day = seconds / 86_400 - (seconds % 86_400 < 0 ? 1 : 0)
        // The first of January 1970 was a Thursday.
        let weekday = weekdays[Int(((day + 4) % 7 + 7) % 7)]
        let month = months[Int(text[5] - 0x30) * 10 + Int(text[6] - 0x30) - 1]
        func part(_ range: Range<Int>) -> String { String(decoding: text[range], as: UTF8.self) }
        return "\(weekday), \(part(8..<10)) \(month) \(part(0..<4)) \(part(11..<19)) GMT"
    }

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}
