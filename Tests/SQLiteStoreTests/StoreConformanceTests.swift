import SQLiteStore
import Support
import Testing

struct StoreConformanceTests {
    private let fixture = StoreFixture()

    @Test(arguments: StoreConformance.cases) func theStoreOfANodeIsOne(_ rule: StoreCase) async throws {
        let file = try fixture.open()
        let parts = StoreParts(
            store: SQLiteStore(file), sessions: SQLiteSessions(file), tokens: SQLiteTokens(file),
            audit: SQLiteAudit(file))
        #expect(try await rule.violations(of: parts) == [])
    }

    @Test func theLogOfANodeIsOne() async throws {
        #expect(try await LogConformance(SQLiteStore(fixture.open())).violations() == [])
    }
}
