import HTTPTypes
import Testing

@testable import BucketFS

/// Conditions of requests, in the order of RFC 9110, 13.2.2.
struct PreconditionsTests {
    private static let date = "Sun, 06 Nov 1994 08:49:37 GMT"
    private let version = FileVersion(entityTag: "\"a\"", modified: 784_111_777)

    private func verdict(
        _ fields: [HTTPField.Name: String], isReading: Bool = false, isThere: Bool = true
    ) -> Preconditions.Verdict {
        var headers = HTTPFields()
        for (name, value) in fields { headers[name] = value }
        return Preconditions(headers, isReading: isReading).verdict(on: isThere ? version : nil)
    }

    @Test(arguments: ["\"a\"", "*", " \"b\" ,\t\"a\"", "\"b\",\"a\""])
    func aTagThatIsNamedMatches(list: String) {
        #expect(verdict([.ifMatch: list]) == .go)
        #expect(verdict([.ifNoneMatch: list]) == .failed)
        #expect(verdict([.ifNoneMatch: list], isReading: true) == .notModified)
        #expect(verdict([.ifMatch: list], isThere: false) == .failed)
        #expect(verdict([.ifNoneMatch: list], isThere: false) == .go)
    }

    @Test(arguments: ["\"b\"", "a", "", "W/\"b\"", "\"a", "*, \"b\""])
    func anotherTagDoesNot(list: String) {
        #expect(verdict([.ifMatch: list]) == .failed)
        #expect(verdict([.ifNoneMatch: list]) == .go)
    }

    @Test func aWeakTagCountsForReadersAlone() {
        #expect(verdict([.ifMatch: "W/\"a\""]) == .failed)
        #expect(verdict([.ifNoneMatch: "W/\"a\""], isReading: true) == .notModified)
    }

    @Test func tagsCountBeforeDates() {
        let past = "Sun, 06 Nov 1994 08:49:36 GMT"
        #expect(verdict([.ifUnmodifiedSince: past]) == .failed)
        #expect(verdict([.ifUnmodifiedSince: Self.date]) == .go)
        #expect(verdict([.ifUnmodifiedSince: past, .ifMatch: "\"a\""]) == .go)
        #expect(verdict([.ifUnmodifiedSince: past], isThere: false) == .go)
        #expect(verdict([.ifModifiedSince: Self.date], isReading: true) == .notModified)
        #expect(verdict([.ifModifiedSince: past], isReading: true) == .go)
        #expect(verdict([.ifModifiedSince: Self.date, .ifNoneMatch: "\"b\""], isReading: true) == .go)
        #expect(verdict([.ifModifiedSince: Self.date]) == .go)
    }
}
