import Primitives
import Synchronization
import Testing

@Suite struct `A mark set` {
    @Test func `rings once until its owner looks, however often the same is marked`() {
        let rings = Atomic(0)
        let marks = MarkSet<Int>(bell: { rings.add(1, ordering: .relaxed) })
        marks.mark(1)
        marks.mark(1)
        marks.mark(2)
        marks.mark(1)
        #expect(rings.load(ordering: .relaxed) == 1)
        #expect(marks.drain() == [1, 2])
        marks.mark(1)
        #expect(rings.load(ordering: .relaxed) == 2)
    }
}
