import Testing

@testable import Access

struct BoundedMapTests {
    @Test func theLongestUntouchedGivesWay() {
        var map = BoundedMap<Int, String>(capacity: 8)
        for key in 0..<8 { map.set("\(key)", for: key) }
        map.set("again", for: 0)
        map.set("new", for: 8)
        #expect(map.value(for: 0) == "again")
        #expect(map.value(for: 1) == nil)
        #expect(map.value(for: 8) == "new")
    }

    @Test func preciousValuesGiveWayLast() {
        var map = BoundedMap<Int, Bool>(capacity: 4)
        map.set(true, for: 0) { $0 }
        for key in 1...100 { map.set(false, for: key) { $0 } }
        #expect(map.value(for: 0) == true)
        for key in 200...300 { map.set(true, for: key) { $0 } }
        #expect(map.count <= 4)
        #expect(map.value(for: 0) == nil)
    }

    @Test func aCapacityBelowOneIsOne() {
        var map = BoundedMap<Int, Int>(capacity: -3)
        map.set(1, for: 1)
        map.set(2, for: 2)
        #expect(map.count == 1)
        #expect(map.value(for: 2) == 2)
    }
}
