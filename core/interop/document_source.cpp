#include "core/interop/document_source.h"

#include "core/base/text_util.h"
#include "core/interop/json_stream.h"

#include <algorithm>

namespace crux::interop {

namespace {

constexpr std::uint64_t kMaxRowBytes = std::uint64_t{256} << 20;
constexpr int kMembersLookedAt = 64;
constexpr std::int64_t kBytesLookedAt = std::int64_t{64} << 20;

/// Members that say how the file was made; they are no rows.
bool isRemark(const std::string& key) {
    return key == "config";
}

Row rowOf(const std::optional<std::string>& text, std::int64_t line, std::string name) {
    Row row;
    row.line = line;
    row.name = std::move(name);
    if (!text) {
        row.fault = cat("the value is longer than ", kMaxLineBytes >> 20, " MiB");
        return row;
    }
    auto parsed = parseJson(*text);
    if (!parsed.ok())
        row.fault = parsed.error().message;
    else if (!parsed->is_object())
        row.fault = "the row is not a JSON object";
    else
        row.object = std::move(parsed).value();
    return row;
}

class ListSource : public RowSource {
public:
    explicit ListSource(JsonStream stream)
        : m_stream(std::move(stream)) {}

    Result<std::optional<Row>> next() override {
        if (m_number == 0)
            CRUX_TRY_VOID(m_stream.enter());
        CRUX_TRY(more, m_stream.nextItem());
        if (!more) {
            CRUX_TRY_VOID(m_stream.finish());
            return std::optional<Row>();
        }
        CRUX_TRY(first, m_stream.kind());
        static_cast<void>(first); // the blanks before it are passed: the line is the row's own
        const std::int64_t line = m_stream.line();
        CRUX_TRY(text, m_stream.value(kMaxLineBytes));
        return std::optional<Row>(rowOf(text, line, cat("row ", ++m_number)));
    }
    std::int64_t bytesRead() const override { return m_stream.offset(); }

private:
    JsonStream m_stream;
    std::int64_t m_number = 0;
};

/// `{"ID": row, ..}`, at the top or inside groups.
class KeyedSource : public RowSource {
public:
    KeyedSource(JsonStream stream, bool grouped)
        : m_stream(std::move(stream))
        , m_grouped(grouped) {}

    Result<std::optional<Row>> next() override {
        if (!m_entered)
            CRUX_TRY_VOID(m_stream.enter());
        m_entered = true;
        while (true) {
            if (m_grouped && m_group.empty()) {
                CRUX_TRY(goesOn, nextGroup());
                if (!goesOn)
                    return std::optional<Row>();
            }
            CRUX_TRY(key, m_stream.nextKey());
            if (key && !m_grouped && isRemark(*key)) {
                CRUX_TRY_VOID(m_stream.skip());
                continue;
            }
            if (key)
                return row(*key);
            if (!m_grouped) {
                CRUX_TRY_VOID(m_stream.finish());
                return std::optional<Row>();
            }
            m_group.clear();
        }
    }
    std::int64_t bytesRead() const override { return m_stream.offset(); }

private:
    Result<bool> nextGroup() {
        while (true) {
            CRUX_TRY(key, m_stream.nextKey());
            if (!key) {
                CRUX_TRY_VOID(m_stream.finish());
                return false;
            }
            if (isRemark(*key)) {
                CRUX_TRY_VOID(m_stream.skip());
                continue;
            }
            m_group = *key;
            CRUX_TRY_VOID(m_stream.enter());
            return true;
        }
    }

    Result<std::optional<Row>> row(const std::string& key) {
        CRUX_TRY(first, m_stream.kind());
        static_cast<void>(first);
        const std::int64_t line = m_stream.line();
        CRUX_TRY(text, m_stream.value(kMaxLineBytes));
        const std::string name = cat("\"", key.substr(0, 80), "\"");
        Row row = rowOf(text, line, m_grouped ? cat(m_group, " ", name) : name);
        if (row.fault.empty()) {
            row.object[kKeyField] = key;
            if (m_grouped)
                row.object[kGroupField] = m_group;
        }
        return std::optional<Row>(std::move(row));
    }

    JsonStream m_stream;
    bool m_grouped, m_entered = false;
    std::string m_group;
};

/// One cursor a column; they move together.
class ColumnsSource : public RowSource {
public:
    struct Column {
        std::string name;
        JsonStream stream;
        std::int64_t begin = 0, values = 0;
    };
    explicit ColumnsSource(std::vector<Column> columns)
        : m_columns(std::move(columns)) {}

    Result<std::optional<Row>> next() override {
        Row row;
        row.name = cat("row ", m_number + 1);
        if (m_number >= m_columns.front().values)
            return std::optional<Row>();
        ++m_number;
        for (Column& column : m_columns) {
            CRUX_TRY_VOID(takeValue(column, row));
            if (&column == &m_columns.front())
                row.line = column.stream.line();
        }
        return std::optional<Row>(std::move(row));
    }
    std::int64_t bytesRead() const override {
        std::int64_t bytes = 0;
        for (const Column& column : m_columns)
            bytes += column.stream.offset() - column.begin;
        return bytes;
    }

private:
    Status takeValue(Column& column, Row& row) {
        CRUX_TRY(more, column.stream.nextItem());
        CRUX_CHECK(more); // counted before
        CRUX_TRY(text, column.stream.value(kMaxLineBytes));
        auto value =
            text ? parseJson(*text)
                 : Result<Json>(fail(ErrorCode::InvalidArgument,
                                     cat("it is longer than ", kMaxLineBytes >> 20, " MiB")));
        if (value.ok())
            row.object[column.name] = std::move(value).value();
        else if (row.fault.empty())
            row.fault = cat("the column \"", column.name, "\": ", value.error().message);
        return {};
    }

    std::vector<Column> m_columns;
    std::int64_t m_number = 0;
};

/// Values of the list that was entered last; the cursor ends behind it.
Result<std::int64_t> countItems(JsonStream& stream) {
    std::int64_t count = 0;
    while (true) {
        CRUX_TRY(more, stream.nextItem());
        if (!more)
            return count;
        CRUX_TRY_VOID(stream.skip());
        ++count;
    }
}

/// Where the columns begin, and that they are of one length.
Result<std::unique_ptr<RowSource>> openColumns(const Path& file) {
    CRUX_TRY(stream, JsonStream::open(file));
    CRUX_TRY_VOID(stream.enter());
    std::vector<ColumnsSource::Column> columns;
    while (true) {
        CRUX_TRY(key, stream.nextKey());
        if (!key)
            break;
        CRUX_TRY(kind, stream.kind());
        if (kind != '[') {
            CRUX_TRY_VOID(stream.skip());
            continue;
        }
        CRUX_TRY(column, JsonStream::open(file, stream.offset(), stream.line()));
        CRUX_TRY_VOID(column.enter());
        columns.push_back({*key, std::move(column), stream.offset(), 0});
        CRUX_TRY_VOID(stream.enter());
        CRUX_TRY(values, countItems(stream));
        columns.back().values = values;
        if (columns.back().values != columns.front().values)
            return fail(ErrorCode::Corrupt,
                        cat(file.string(), ": the column \"", columns.front().name, "\" has ",
                            columns.front().values, " values, \"", *key, "\" has ",
                            columns.back().values),
                        file.string());
    }
    CRUX_TRY_VOID(stream.finish());
    return std::make_unique<ColumnsSource>(std::move(columns));
}

class OneSource : public RowSource {
public:
    OneSource(Row row, std::int64_t bytes)
        : m_row(std::move(row))
        , m_bytes(bytes) {}

    Result<std::optional<Row>> next() override {
        if (m_done)
            return std::optional<Row>();
        m_done = true;
        return std::optional<Row>(std::move(m_row));
    }
    std::int64_t bytesRead() const override { return m_bytes; }

private:
    Row m_row;
    std::int64_t m_bytes;
    bool m_done = false;
};

Result<std::unique_ptr<RowSource>> openOne(const Path& file) {
    CRUX_TRY(bytes, readFile(file, kMaxRowBytes));
    std::string_view text = bytes;
    if (text.starts_with("\xEF\xBB\xBF"))
        text.remove_prefix(3);
    auto parsed = parseJson(text);
    if (!parsed.ok())
        return fail(ErrorCode::Corrupt, cat(file.string(), ": ", parsed.error().message),
                    file.string(), parsed.error().detail);
    Row row;
    row.line = 1;
    if (parsed->is_object())
        row.object = std::move(parsed).value();
    else
        row.fault = "the row is not a JSON object";
    return std::make_unique<OneSource>(std::move(row), static_cast<std::int64_t>(bytes.size()));
}

/// What the members of an object look like, as far as they are looked at.
struct Members {
    int lists = 0, objects = 0, others = 0;
    bool groups = true; ///< all objects are called pos and neg
};

Result<Members> lookAtMembers(JsonStream& stream) {
    Members seen;
    CRUX_TRY_VOID(stream.enter());
    for (int i = 0; i < kMembersLookedAt && stream.offset() < kBytesLookedAt; ++i) {
        CRUX_TRY(key, stream.nextKey());
        if (!key)
            break;
        CRUX_TRY(kind, stream.kind());
        if (!isRemark(*key)) {
            (kind == '[' ? seen.lists : kind == '{' ? seen.objects : seen.others) += 1;
            seen.groups = seen.groups && (*key == "pos" || *key == "neg");
        }
        // What follows one large group or column is not worth a pass over gigabytes.
        if (kind == '{' && (*key == "pos" || *key == "neg") && seen.others == 0)
            break;
        CRUX_TRY_VOID(stream.skip());
    }
    return seen;
}

} // namespace

Result<DocumentShape> shapeOf(const Path& file) {
    CRUX_TRY(stream, JsonStream::open(file));
    CRUX_TRY(kind, stream.kind());
    if (kind == '[')
        return DocumentShape::List;
    if (kind != '{')
        return DocumentShape::One;
    const auto seen = lookAtMembers(stream);
    if (!seen.ok()) // says what is wrong when it is parsed as a whole
        return DocumentShape::One;
    if (seen->others > 0 || (seen->lists > 0) == (seen->objects > 0))
        return DocumentShape::One;
    if (seen->lists > 0)
        return DocumentShape::Columns;
    return seen->groups ? DocumentShape::Groups : DocumentShape::Keyed;
}

Result<std::unique_ptr<RowSource>> openDocument(const Path& file) {
    CRUX_TRY(shape, shapeOf(file));
    if (shape == DocumentShape::One)
        return openOne(file);
    if (shape == DocumentShape::Columns)
        return openColumns(file);
    CRUX_TRY(stream, JsonStream::open(file));
    if (shape == DocumentShape::List)
        return std::make_unique<ListSource>(std::move(stream));
    return std::make_unique<KeyedSource>(std::move(stream), shape == DocumentShape::Groups);
}

} // namespace crux::interop
