// What wall clocks show at a moment: a fixed offset, or the rules of a time zone.

internal import Foundation
internal import Primitives

/// A place whose clocks are asked. Offsets are cut to whole minutes, as RFC 3339 writes them: only local times from
/// before there were standard times have seconds.
enum WallClock: Sendable {
    case fixed(TimeOffset)
    case zone(TimeZone)

    static let utc = WallClock.fixed(TimeOffset(minutesOf: 0))

    /// The clocks of a time zone of the IANA database, such as `Europe/Berlin`. The rules come with Foundation, so they are
    /// the same on every system.
    init(zone name: String) throws(NodeFailure) {
        // Nothing else is in a name, so it is safe to look it up and to show it.
        let isName =
            name.utf8.count <= Limits.timeZoneNameBytesMax
            && name.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF)
                    || "_+-/".utf8.contains(byte)
            }
        guard isName, let zone = TimeZone(identifier: name) else {
            throw NodeFailure("there is no time zone " + (isName ? "`\(name)`" : "of this name"))
        }
        self = .zone(zone)
    }

    /// The offset at a moment, in seconds since 1970.
    func offset(at seconds: Int64) -> TimeOffset {
        switch self {
        case .fixed(let offset): offset
        case .zone(let zone):
            TimeOffset(
                minutesOf: zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(seconds))))
        }
    }

    /// The moment, in seconds since 1970, at which the clocks show a time, which is given in seconds as if it were UTC.
    /// A time that they show twice means the first one. One that they leave out means as much later as they are put
    /// forward.
    func seconds(ofLocal local: Int64) -> Int64 {
        let before = offset(at: local - Moment.secondsOfDay).seconds
        let after = offset(at: local + Moment.secondsOfDay).seconds
        let candidates = [local - before, local - after]
        return candidates.first { offset(at: $0).seconds == local - $0 } ?? candidates[0]
    }
}
