import Testing

@testable import flowd_simulate

@Suite struct `A simulation` {
    /// Large flows are left to `Scripts/simulate`, which builds for release.
    private static let sizeMax = 40

    @Test(arguments: [1, 1_001] as [UInt64])
    func `finds nothing wrong with the small flows of a thousand seeds`(first: UInt64) throws {
        var figures = Simulation.Figures()
        for seed in first..<first + 1_000 {
            var simulation = Simulation(seed: seed, isThorough: false)
            guard simulation.size <= Self.sizeMax else { continue }
            do throws(Simulation.Failure) {
                try simulation.play()
            } catch {
                Issue.record("\(error.discrepancy); see it with: Scripts/simulate --seed \(seed)")
                return
            }
            figures.add(simulation.figures)
        }
        // A generator that makes nothing finds nothing.
        #expect(figures.runs > 2_500)
        #expect(figures.executions > 10_000)
        #expect(figures.rebuilds > 5_000)
    }
}
