import Primitives
import Testing

@Suite struct `A timestamp` {
    @Test(
        arguments: [
            (1_775_044_800_000_000_000, "2026-04-01T12:00:00Z"),
            (1_775_044_800_120_000_000, "2026-04-01T12:00:00.120Z"),
            (1_775_044_800_120_450_000, "2026-04-01T12:00:00.120450Z"),
            (1_775_044_800_120_450_001, "2026-04-01T12:00:00.120450001Z"), (0, "1970-01-01T00:00:00Z"),
            (951_782_400_000_000_000, "2000-02-29T00:00:00Z"), (-1, "1969-12-31T23:59:59.999999999Z"),
        ] as [(Int64, String)])
    func `prints the shortest fraction that loses nothing, and reads it back`(
        nanoseconds: Int64, text: String
    ) {
        #expect(Timestamp(nanoseconds: nanoseconds).text == text)
        #expect(Timestamp(text)?.nanoseconds == nanoseconds)
    }

    @Test func `reads offsets and any number of digits`() {
        #expect(Timestamp("2026-04-01T14:00:00.5+02:00")?.text == "2026-04-01T12:00:00.500Z")
        #expect(Timestamp("2026-04-01T05:00:00-07:00")?.text == "2026-04-01T12:00:00Z")
        #expect(Timestamp("2026-04-01 12:00:00.1234567891Z")?.text == "2026-04-01T12:00:00.123456789Z")
    }

    @Test(arguments: [
        "", "2026-04-01", "2026-02-30T00:00:00Z", "2026-04-01T12:00:00", "2026-04-01T12:00:00.Z",
        "2026-04-01T12:00:00Zx",
    ])
    func `refuses what is not a moment`(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test func `texts beyond the range are refused to the last nanosecond`() {
        #expect(Timestamp("2262-04-11T23:47:16.854775807Z")?.nanoseconds == Int64.max)
        #expect(Timestamp("2262-04-11T23:47:16.854775808Z") == nil)
        #expect(Timestamp("2262-04-11T23:47:16.999999999Z") == nil)
        #expect(Timestamp(nanoseconds: .max).text == "2262-04-11T23:47:16.854775807Z")
        #expect(Timestamp(nanoseconds: .min).text == "1677-09-21T00:12:43.145224192Z")
    }
}
