import Testing

@testable import EXAConf

/// Which format a file is brought to.
@Suite struct FormatTargetTests {
    @Test func aLaterFormatWaitsForItsLevel() throws {
        let (first, second, third) = (
            try #require(Version("8.18.0")), try #require(Version("8.70.0")), try #require(Version("8.80.1"))
        )
        let targets = FormatTargets([
            .init(level: 3, version: third), .init(level: 1, version: first), .init(level: 3, version: second),
        ])
        #expect(targets.version(at: 1) == first && targets.version(at: 2) == first)
        #expect(targets.version(at: 3) == third && targets.version(at: 4) == third)
        // A node that is alone asks nobody.
        #expect(targets.version(at: nil) == third)
        #expect(targets.version(at: 0) == nil && FormatTargets([]).version(at: nil) == nil)
    }

    @Test func thisVersionHasStepsToOne() {
        for level in [nil, 1, 2] { #expect(FormatTargets.known.version(at: level)?.description == "8.18.0") }
    }
}
