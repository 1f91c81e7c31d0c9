import JobEngine
import Testing
import Values

@testable import Gateway
@testable import OpenAPI
@testable import RESTAPI

@Suite struct ViewShapeTests {
    private let shape = ViewShape(label: "name")

    @Test func namesBecomeItemsInTheirOrder() {
        #expect(shape.items(of: ["b", "a"]) == [["name": "b"], ["name": "a"]])
    }

    @Test func aDictBecomesItemsByNameAndNumbersBySize() {
        let output: Value = ["9": ["x": 1], "11": ["x": 2], "b": ["x": 3], "a": ["x": 4]]
        #expect(
            ViewShape(label: "id").items(of: output) == [
                ["id": "9", "x": 1], ["id": "11", "x": 2], ["id": "a", "x": 4], ["id": "b", "x": 3],
            ])
    }

    @Test func membersStayAsTheJobGivesThem() {
        let item: Value = ["name": "n11", "Progress": 37, "connection string": "x", "disks": ["d": [:]]]
        #expect(shape.items(of: [item]) == [item])
        #expect(shape.item(item, named: "other") == item)
    }

    @Test func whatIsNoObjectStandsUnderValue() {
        #expect(shape.items(of: ["a": "online"]) == [["name": "a", "value": "online"]])
        #expect(shape.item(3, named: "a") == ["name": "a", "value": 3])
    }

    @Test func nothingHasNoItems() {
        #expect(shape.items(of: .null) == [])
        #expect(shape.items(of: "text") == [])
        #expect(shape.item(named: "a", in: .null) == nil)
    }

    @Test func anItemIsFoundByItsLabel() {
        #expect(shape.item(named: "b", in: ["a": [:], "b": ["x": 1]]) == ["name": "b", "x": 1])
        #expect(shape.item(named: "B", in: ["b": [:]]) == nil)
    }
}
