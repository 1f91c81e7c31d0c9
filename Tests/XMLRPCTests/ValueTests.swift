import Testing
import Values

@testable import XMLRPC

struct ValueTests {
    @Test(
        arguments: [
            ("<int>5</int>", 5), ("<i4>-5</i4>", -5), ("<int>+7</int>", 7), ("<int>007</int>", 7), ("<int>-0</int>", 0),
            ("<i1>-128</i1>", -128), ("<i2>32767</i2>", 32767), ("<int>2147483647</int>", 2_147_483_647),
            ("<i4>-2147483648</i4>", -2_147_483_648), ("<i8>9223372036854775807</i8>", .max),
            ("<i8>-9223372036854775808</i8>", .min), ("<ex:i8>1</ex:i8>", 1), ("<ex:i1>1</ex:i1>", 1),
            ("<ex:i2>1</ex:i2>", 1),
        ] as [(String, Int)])
    func integersOfEveryWidthAreRead(markup: String, number: Int) throws {
        #expect(try value(markup) == .int(number))
    }

    @Test(arguments: [
        "<int></int>", "<int> 5</int>", "<int>5\n</int>", "<int>5.0</int>", "<int>1e3</int>", "<int>0x10</int>",
        "<int>--5</int>", "<int>+</int>", "<int>٣</int>", "<int>1_000</int>", "<int>2147483648</int>",
        "<i4>-2147483649</i4>", "<i1>128</i1>", "<i2>-32769</i2>", "<i8>9223372036854775808</i8>",
        "<i8>99999999999999999999999999</i8>",
    ])
    func otherIntegersAreRefused(markup: String) {
        #expect(failure(of: markup)?.code == .valueInvalid)
    }

    @Test(
        arguments: [
            ("1.5", 1.5), ("-0.25", -0.25), ("+3", 3), ("12", 12), ("1e-07", 1e-07),
            ("1.7976931348623157e+308", 0x1.fffffffffffffp1023),
            ("5E-324", .leastNonzeroMagnitude), ("0.0", 0), (".5", 0.5), ("5.", 5),
        ] as [(String, Double)])
    func doublesAreRead(text: String, number: Double) throws {
        #expect(try value("<double>\(text)</double>") == .double(number))
    }

    @Test(arguments: [
        "", "nan", "inf", "-Infinity", "1e999", "0x1p3", "1,5", " 1.5", "1.5 ", "1.2.3", "e5", "+-1", ".",
    ])
    func otherDoublesAreRefused(text: String) {
        #expect(failure(of: "<double>\(text)</double>")?.code == .valueInvalid)
    }

    @Test func booleansAreZeroOrOne() throws {
        #expect(try value("<boolean>1</boolean>") == true)
        #expect(try value("<boolean>0</boolean>") == false)
        for text in ["", "2", "01", "true", " 1"] {
            #expect(failure(of: "<boolean>\(text)</boolean>")?.code == .valueInvalid)
        }
    }

    @Test(arguments: [
        ("text", "text"), ("", ""), ("  ", "  "), (" a\n b ", " a\n b "), ("<string> a </string>", " a "),
        ("<string></string>", ""), ("<string/>", ""), ("a&amp;b&lt;&#xE4;&#228;", "a&b<ää"),
        ("<![CDATA[<int>1</int>]]>", "<int>1</int>"), ("a<!-- b -->c", "ac"), ("a\r\nb\rc", "a\nb\nc"),
        ("a&#13;b", "a\rb"),
    ])
    func stringsKeepTheirBlanks(markup: String, text: String) throws {
        #expect(try value(markup) == .string(text))
    }

    @Test func blanksAroundATypedValueAreNoText() throws {
        #expect(try value("\n  <int>1</int>\t\n") == 1)
    }

    @Test(arguments: [
        "a<int>1</int>", "<int>1</int>a", "<int>1</int><int>2</int>", "<float>1</float>", "<INT>1</INT>",
        "<value>1</value>", "<string><b/></string>", "<int><i4>1</i4></int>", "<array/>", "<array><value/></array>",
        "<array><data/><data/></array>", "<array><data>x</data></array>", "<struct><value/></struct>",
        "<struct><member/></struct>", "<struct><member><name>a</name></member></struct>",
        "<struct><member><value/><name>a</name></member></struct>",
        "<struct><member><name>a</name><value/><value/></member></struct>",
        "<struct><member><name>a</name><name>a</name><value/></member></struct>",
        "<struct>x</struct>", "<struct><member><name>a</name>x<value/></member></struct>", "<int type='x'>1</int>",
        "<struct><member><name>a</name><value/></member><member><name>a</name><value/></member></struct>",
    ])
    func valuesOfAnotherShapeAreRefused(markup: String) {
        let error = failure(of: markup)
        #expect(error?.code == .structureInvalid)
        #expect(error?.fault.code == -32600)
    }

    @Test func nilHasNoText() throws {
        #expect(try value("<nil/>") == .null)
        #expect(try value("<ex:nil></ex:nil>") == .null)
        #expect(failure(of: "<nil>x</nil>")?.code == .valueInvalid)
    }

    @Test func anEmptyArrayAndAnEmptyStructAreRead() throws {
        #expect(try value("<array><data/></array>") == [])
        #expect(try value("<struct/>") == .map([:]))
        #expect(try value("<struct><member><name/><value/></member></struct>") == ["": ""])
    }

    @Test func nestedContainersKeepTheirElementsApart() throws {
        let value: Value = [["a": [1, ["b": 2, "c": [[], [3]]], 4], "d": .map([:])], 5, ["e": 6]]
        let call = MethodCall(methodName: "m", parameters: [value, 7])
        #expect(try MethodCall(parsing: call.encoded()) == call)
    }
}
