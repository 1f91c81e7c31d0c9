import Testing
import Values

@testable import SQLiteStore

@Suite struct SQLiteFindingsTests {
    private let fixture = StoreFixture()

    @Test func beginningsAreKeptUntilTheyAreForgotten() async throws {
        let file = try fixture.open()
        let findings = SQLiteFindings(file)
        #expect(await findings.all().isEmpty)
        let (first, second) = (Timestamp(milliseconds: 1), Timestamp(milliseconds: 2))
        await findings.keep(["a": first, "b": first], forgetting: [])
        await findings.keep(["b": second], forgetting: ["a", "unknown"])
        #expect(await findings.all() == ["b": second])
    }
}
