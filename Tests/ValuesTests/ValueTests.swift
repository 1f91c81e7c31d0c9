import Testing
import Values

struct ValueTests {
    @Test func accessorsConvertNothing() {
        let value: Value = [
            "text": "1", "number": 1, "flag": true, "real": 1.5, "list": [1], "map": [:], "none": .null,
        ]
        #expect(value["text"]?.string == "1")
        #expect(value["text"]?.int == nil)
        #expect(value["number"]?.int == 1)
        #expect(value["number"]?.bool == nil)
        #expect(value["number"]?.string == nil)
        #expect(value["flag"]?.bool == true)
        #expect(value["flag"]?.int == nil)
        #expect(value["real"] == .double(1.5))
        #expect(value["real"]?.int == nil)
        #expect(value["list"]?.list == [1])
        #expect(value["map"]?.map == [:])
        #expect(value["none"]?.unlessNull == nil)
        #expect(value["absent"] == nil)
        #expect(value["list"]?["a"] == nil)
        #expect(value.map?.count == 7)
        #expect(Value.strings(["a", "b"]) == ["a", "b"])
        #expect(Value.members(["a": 1, "b": nil]) == ["a": 1])
    }

    @Test func theFootprintGoesByPlacesAndLongTexts() {
        #expect([Value.null, true, 7, 1.5, "short", [], [:]].map(\.footprint).allSatisfy { $0 == 0 })
        #expect(Value.string(String(repeating: "x", count: 16)).footprint == 64)
        #expect(Value.list([1, 2]).footprint == 32 + 2 * MemoryLayout<Value>.stride)
        #expect(Value.map(["a": [1]]).footprint == 64 + 80 + 32 + MemoryLayout<Value>.stride)
    }
}
