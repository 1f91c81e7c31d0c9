import Testing

@testable import HTTPServer

@Suite struct WeightedElementTests {
    @Test(arguments: [
        ("", []),
        ("text/html", ["text/html 1.0"]),
        ("Text/HTML ; level=1 ; Q=0.25, */*;q=0", ["text/html 0.25", "*/* 0.0"]),
        (" gzip;q=0.5,, ;q=1, br", ["gzip 0.5", "br 1.0"]),
        ("gzip;q=much", ["gzip 0.0"]),
        (",;,", []),
    ])
    func `elements come with their weights`(field: String, expected: [String]) {
        #expect(AcceptElement.elements(of: field).map { "\($0.name) \($0.weight)" } == expected)
    }
}
