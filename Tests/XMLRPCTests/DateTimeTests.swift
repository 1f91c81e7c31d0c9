import Testing
import Values

@testable import XMLRPC

struct DateTimeTests {
    @Test(arguments: ["19980717T14:08:55", "20240229T23:59:59", "00010101T00:00:00", "99991231T00:00:00"])
    func aDateIsReadAsTextWithSeparators(text: String) throws {
        let date = "\(text.prefix(4))-\(text.dropFirst(4).prefix(2))-\(text.dropFirst(6))"
        #expect(try value("<dateTime.iso8601>\(text)</dateTime.iso8601>").string == date)
    }

    @Test func separatorsStandWherePeopleExpectThem() {
        #expect(DateTime.isoText(Array("20260131T23:59:58".utf8)) == "2026-01-31T23:59:58")
    }

    @Test(arguments: [
        "", "1998-07-17T14:08:55", "19980717T14:08:55Z", "19980717 14:08:55", "19980717T140855", "19980717T24:00:00",
        "20230229T00:00:00", "19000229T00:00:00", "20241301T00:00:00", "20240431T00:00:00", "20240100T00:00:00",
        "00000101T00:00:00", "20240101T00:60:00", "20240101T00:00:60", "2024010１T00:00:00", "-0240101T00:00:00",
    ])
    func otherDatesAreRefused(text: String) {
        #expect(DateTime.isoText(Array(text.utf8)) == nil)
        #expect(failure(of: "<dateTime.iso8601>\(text)</dateTime.iso8601>")?.code == .valueInvalid)
    }
}
