import Testing

@testable import Gateway

@Suite struct ResponseDateTests {
    @Test(arguments: [(0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT")])
    func datesHaveTheFormOfHTTP(_ second: Int, text: String) {
        #expect(ResponseDate.format(second) == text)
    }
}
