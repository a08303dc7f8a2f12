import Primitives
import Synchronization
import Testing

@Suite struct `A mailbox` {
    @Test func `the bell rings once per batch`() {
        let rings = Atomic(0)
        let box = Mailbox<Int>(capacity: 10, bell: { rings.add(1, ordering: .relaxed) })
        #expect(box.post(1) && box.post(2))
        #expect(rings.load(ordering: .relaxed) == 1)
        #expect(box.drain() == [1, 2])
        #expect(box.post(3))
        #expect(rings.load(ordering: .relaxed) == 2)
    }

    @Test func `ordinary posts stop at the capacity, urgent ones at the reserve, replies never`() {
        let box = Mailbox<Int>(capacity: 1, reserve: 1, bell: {})
        #expect(box.post(1))
        #expect(!box.post(2))
        #expect(box.postUrgent(3))
        #expect(!box.postUrgent(4))
        box.postReply(5)
        #expect(box.drain() == [1, 3, 5])
    }
}
