import Testing

@testable import XMLRPC

struct DateTimeTests {
    @Test(arguments: ["19980717T14:08:55", "20240229T23:59:59", "00010101T00:00:00", "99991231T00:00:00"])
    func aDateIsReadAndWrittenAlike(text: String) throws {
        let time = try #require(DateTime(text))
        #expect(time.description == text)
        #expect(try value("<dateTime.iso8601>\(text)</dateTime.iso8601>").dateTimeValue == time)
    }

    @Test(arguments: [
        "", "1998-07-17T14:08:55", "19980717T14:08:55Z", "19980717 14:08:55", "19980717T140855", "19980717T24:00:00",
        "20230229T00:00:00", "19000229T00:00:00", "20241301T00:00:00", "20240431T00:00:00", "20240100T00:00:00",
        "00000101T00:00:00", "20240101T00:60:00", "20240101T00:00:60", "2024010１T00:00:00", "-0240101T00:00:00",
    ])
    func otherDatesAreRefused(text: String) {
        #expect(DateTime(text) == nil)
        #expect(failure(of: "<dateTime.iso8601>\(text)</dateTime.iso8601>")?.code == .valueInvalid)
    }

    @Test func datesAreOrdered() throws {
        let earlier = try #require(DateTime(year: 2024, month: 2, day: 29, hour: 1))
        let later = try #require(DateTime(year: 2024, month: 3, day: 1))
        #expect(earlier < later)
    }
}
