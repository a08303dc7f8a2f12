import Primitives
import Testing

@Suite struct `Identifiers` {
    @Test(arguments: [
        "e006ca5d-3c7c-4839-8b23-9c6f624f36b9", "E006CA5D-3C7C-4839-8B23-9C6F624F36B9",
        "e006ca5d3c7c48398b239c6f624f36b9", "urn:uuid:e006ca5d-3c7c-4839-8b23-9c6f624f36b9",
        "{e006ca5d-3c7c-4839-8b23-9c6f624f36b9}",
    ])
    func `every lenient form reads as the same id and prints in lower case`(text: String) {
        #expect(UniqueID(text)?.text == "e006ca5d-3c7c-4839-8b23-9c6f624f36b9")
    }

    @Test(arguments: [
        "", "nope", "e006ca5d-3c7c-4839-8b23-9c6f624f36b", "e006ca5d3c7c-4839-8b23-9c6f624f36b9--",
    ])
    func `anything else is no id`(text: String) {
        #expect(UniqueID(text) == nil)
    }

    @Test func `bytes go both ways`() throws {
        let id = try #require(UniqueID("00010203-0405-0607-0809-0a0b0c0d0e0f"))
        #expect(id.bytes == Array(0...15))
        #expect(UniqueID(bytes: id.bytes[...]) == id)
    }

    @Test func `time-ordered ids sort by their millisecond and carry version 7`() {
        let early = UniqueID.timeOrdered(at: Timestamp(nanoseconds: 1_775_044_800_001_000_000))
        let late = UniqueID.timeOrdered(at: Timestamp(nanoseconds: 1_775_044_800_002_000_000))
        #expect(early < late)
        #expect(early.high >> 12 & 15 == 7)
        #expect(early.low >> 62 == 2)
        #expect(early.high >> 16 == 1_775_044_800_001)
    }

    @Test func `a flow is named by digits or by a uuid`() {
        #expect(FlowID("41") == .number(41))
        #expect(FlowID("0") == nil)
        #expect(FlowID("99999999999") == nil)
        #expect(
            FlowID("288f25a9-f71f-4359-a426-362575ac5bc1")?.description
                == "288f25a9-f71f-4359-a426-362575ac5bc1")
        #expect(FlowID("seven") == nil)
    }
}
