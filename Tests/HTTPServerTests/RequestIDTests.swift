import Testing

@testable import HTTPServer

@Suite struct RequestIDTests {
    @Test func requestNamesAreShortAndDiffer() {
        let names = (0..<10_000).map { _ in RequestID.next() }
        #expect(Set(names).count == names.count)
        #expect(names.allSatisfy { $0.utf8.count == 13 })
    }
}
