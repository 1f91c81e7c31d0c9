import Testing

@testable import SQLiteStore

struct StoreSpaceTests {
    private func expect(_ bounds: StoreSpace.Bounds, low: Int, reserve: Int, audit: Int, history: Int) {
        #expect([bounds.low, bounds.reserve, bounds.auditReserve, bounds.history] == [low, reserve, audit, history])
    }

    @Test func boundsFollowFromTheSize() {
        let (mebi, gibi) = (1 << 20, 1 << 30)
        expect(
            StoreSpace.Bounds(ofTotal: 20_000 * gibi), low: 400 * gibi, reserve: 64 * mebi, audit: 16 * mebi,
            history: 20_000_000_000)
        expect(
            StoreSpace.Bounds(ofTotal: 100 * gibi), low: 2 * gibi, reserve: 64 * mebi, audit: 16 * mebi,
            history: 10 * gibi)
        expect(
            StoreSpace.Bounds(ofTotal: 10 * gibi), low: 256 * mebi, reserve: 64 * mebi, audit: 16 * mebi, history: gibi)
        expect(
            StoreSpace.Bounds(ofTotal: 320 * mebi), low: 80 * mebi, reserve: 20 * mebi, audit: 5 * mebi,
            history: 32 * mebi)
        expect(StoreSpace.Bounds(ofTotal: 0), low: 0, reserve: 0, audit: 0, history: 0)
    }

    @Test func whereNothingCanBeToldNothingIsLow() {
        #expect(!StoreSpace("/no/such/folder").isLow && StoreSpace("/no/such/folder").measured == nil)
    }
}
