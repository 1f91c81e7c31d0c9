import Testing
import Values

struct HTTPDateTests {
    private static let date = "Sun, 06 Nov 1994 08:49:37 GMT"

    @Test(arguments: [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, date), (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
        (-1, "Wed, 31 Dec 1969 23:59:59 GMT"), (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"),
    ])
    func datesHaveTheFormOfHTTP(second: Int, text: String) {
        #expect(HTTPDate.text(second) == text)
    }

    @Test func everyTimeHasAText() {
        #expect(HTTPDate.text(.max) == "Fri, 31 Dec 9999 23:59:59 GMT")
        #expect(HTTPDate.text(.min) == "Sat, 01 Jan 0000 00:00:00 GMT")
    }

    @Test(arguments: [date, "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"])
    func datesHaveThreeForms(text: String) {
        #expect(HTTPDate.second(text) == 784_111_777)
    }

    @Test func aLeapSecondIsTheSecondThatFollows() {
        #expect(HTTPDate.second("Sat, 31 Dec 2016 23:59:60 GMT") == HTTPDate.second("Sun, 01 Jan 2017 00:00:00 GMT"))
    }

    @Test(arguments: [
        "", "yesterday", "Sun, 06 Nov 1994 08:49:37", "Sun, 30 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT",
        "Sun, 06 Now 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49 GMT", "Sun, +6 Nov 1994 08:49:37 GMT",
        "Sun, 99999999999 Nov 1994 08:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 8:4:61 GMT",
    ])
    func whatIsNoDateIsNone(text: String) {
        #expect(HTTPDate.second(text) == nil)
    }
}
