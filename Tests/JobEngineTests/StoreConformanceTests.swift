import Support
import Testing

struct StoreConformanceTests {
    @Test(arguments: StoreConformance.cases) func theStoreInMemoryIsOne(_ rule: StoreCase) async throws {
        #expect(try await rule.violations(of: .inMemory) == [])
    }

    @Test func theLogInMemoryIsOne() async throws {
        #expect(try await LogConformance(InMemoryStore()).violations() == [])
    }
}
