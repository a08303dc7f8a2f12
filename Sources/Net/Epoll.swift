// The kernel's interest set of one loop, and the descriptor that wakes the loop from elsewhere.

internal import CLinux
internal import Glibc
internal import Synchronization

/// What a descriptor is ready for.
public struct Readiness: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Bytes, a connection or the end of the stream wait.
    public static let readable = Readiness(rawValue: 1)
    /// There is room for bytes.
    public static let writable = Readiness(rawValue: 2)
    /// The peer or the descriptor failed; reading tells how.
    public static let broken = Readiness(rawValue: 4)
}

/// An epoll set, level-triggered. Owned by one loop. The system's event type is a union, whose members are used
/// here in one way only.
@safe struct Epoll: ~Copyable {
    private let descriptor: Int32
    private var events: [epoll_event]

    init() throws(NetError) {
        let created = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard created >= 0 else { throw NetError("epoll_create", errno) }
        descriptor = created
        unsafe events = Array(repeating: epoll_event(), count: 256)
    }

    deinit {
        _ = close(descriptor)
    }

    /// Watches a descriptor under a token; a descriptor that is watched already changes.
    borrowing func watch(_ watched: Int32, for interest: Readiness, token: UInt64) throws(NetError) {
        var event = unsafe epoll_event()
        unsafe event.events =
            (interest.contains(.readable) ? EPOLLIN.rawValue | EPOLLRDHUP.rawValue : 0)
            | (interest.contains(.writable) ? EPOLLOUT.rawValue : 0)
        unsafe event.data.u64 = token
        if unsafe epoll_ctl(descriptor, EPOLL_CTL_MOD, watched, &event) == 0 { return }
        guard errno == ENOENT else { throw NetError("epoll_ctl", errno) }
        guard unsafe epoll_ctl(descriptor, EPOLL_CTL_ADD, watched, &event) == 0 else {
            throw NetError("epoll_ctl", errno)
        }
    }

    /// Forgets a descriptor. One that is not watched is no error: closing has forgotten it already.
    borrowing func forget(_ watched: Int32) {
        var unused = unsafe epoll_event()
        _ = unsafe epoll_ctl(descriptor, EPOLL_CTL_DEL, watched, &unused)
    }

    /// Waits until something is ready or the time is over; nil waits without a limit.
    mutating func wait(milliseconds: Int32?) -> [(token: UInt64, readiness: Readiness)] {
        let count = unsafe events.withUnsafeMutableBufferPointer { buffer in
            unsafe epoll_wait(descriptor, buffer.baseAddress, Int32(buffer.count), milliseconds ?? -1)
        }
        guard count > 0 else { return [] }
        return (0..<Int(count)).map { index in
            let event = unsafe events[index]
            let flags = unsafe event.events
            var readiness: Readiness = []
            if flags & (EPOLLIN.rawValue | EPOLLRDHUP.rawValue) != 0 { readiness.insert(.readable) }
            if flags & EPOLLOUT.rawValue != 0 { readiness.insert(.writable) }
            if flags & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0 { readiness.insert(.broken) }
            return (unsafe event.data.u64, readiness)
        }
    }
}

/// A descriptor that becomes readable when somebody rings. Any thread may ring.
final class WakeDescriptor: Sendable {
    let descriptor: Int32

    init() throws(NetError) {
        let created = eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK))
        guard created >= 0 else { throw NetError("eventfd", errno) }
        descriptor = created
    }

    deinit {
        _ = close(descriptor)
    }

    func ring() {
        // A full counter means that the loop has not looked yet: it will.
        _ = eventfd_write(descriptor, 1)
    }

    func silence() {
        var count: eventfd_t = 0
        _ = unsafe eventfd_read(descriptor, &count)
    }
}
