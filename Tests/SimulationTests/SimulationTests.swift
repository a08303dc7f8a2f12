import Testing

@testable import flowd_simulate

@Suite struct `A simulation` {
    /// Large flows are left to `Scripts/simulate`, which builds for release.
    @Test(arguments: [1, 2_001] as [UInt64])
    func `finds nothing wrong with five thousand runs of small flows`(first: UInt64) throws {
        var figures = Simulation.Figures()
        for seed in first..<first + 2_000 where FlowGenerator.nodesMax(seed: seed) == 8 {
            var simulation = Simulation(seed: seed, isThorough: false)
            do throws(Simulation.Failure) {
                try simulation.play()
            } catch {
                Issue.record("\(error.discrepancy); see it with: Scripts/simulate --seed \(seed)")
                return
            }
            figures.add(simulation.figures)
        }
        // A generator that makes nothing finds nothing.
        #expect(figures.runs == 2_500)
        #expect(figures.executions > 10_000)
        #expect(figures.rebuilds > 5_000)
    }
}
