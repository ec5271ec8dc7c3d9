#include "core/store/token_scan.h"

#include "core/base/text_util.h"
#include "core/spec/steps.h"
#include "core/store/sql.h"

#include <algorithm>
#include <set>

namespace crux::store {

void bindValues(Query& query, const std::vector<SqlValue>& values) {
    for (const SqlValue& value : values)
        if (const auto* ids = std::get_if<std::vector<std::int64_t>>(&value))
            query.bindBlob(ids->data(), ids->size() * sizeof(std::int64_t));
        else if (const auto* number = std::get_if<double>(&value))
            query.bind(*number);
        else if (const auto* integer = std::get_if<std::int64_t>(&value))
            query.bind(*integer);
        else
            query.bind(std::get<std::string>(value));
}

namespace {

/// Values of a column that holds an array, read where they lie: a row's arrays are mostly looked at
/// by their first entry.
template <typename T> class Column {
public:
    Column(const Query& row, int column)
        : m_bytes(row.blob(column)) {}
    std::size_t size() const { return m_bytes.size() / sizeof(T); }
    T operator[](std::size_t i) const {
        T value;
        std::memcpy(&value, m_bytes.data() + i * sizeof(T), sizeof value);
        return value;
    }

private:
    std::span<const std::byte> m_bytes;
};

std::string_view valueBytes(const Query& row, int column) {
    const auto bytes = row.blob(column);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Joins that read what is needed; `table` has the trajectory's id.
std::string neededColumns(const TokenNeeds& needs) {
    return cat(needs.place ? ", t.prompt_tokens, t.tokens, t.tokenizer_hash" : ", 0, 0, ''",
               needs.step ? ", w.firsts" : ", NULL");
}
std::string neededJoins(const TokenNeeds& needs, std::string_view table) {
    return cat(needs.place ? cat(" CROSS JOIN trajectory t ON t.id = ", table, ".trajectory_id")
                           : std::string(),
               needs.step ? cat(" LEFT JOIN trajectory_steps w ON w.id = ", table, ".trajectory_id")
                          : std::string());
}
std::string restriction(const TokenNeeds& needs, std::string_view table,
                        const SqlSelection& where) {
    return cat(needs.place ? " AND t.root_id IS NULL AND t.deleted = 0" : "",
               where.sql.empty() ? std::string()
                                 : cat(" AND ", table, ".trajectory_id IN (", where.sql, ")"));
}

/// Where tokens of one row's trajectory stand; `first` is the first of neededColumns().
class Places {
public:
    Places(const Query& row, int first, const TokenNeeds& needs)
        : m_needs(needs) {
        if (needs.place) {
            m_promptTokens = row.integer32(first);
            m_tokens = row.integer32(first + 1);
            m_tokenizerHash = valueBytes(row, first + 2);
        }
        if (needs.step)
            m_firsts = row.array<std::int32_t>(first + 3);
    }
    void fill(FoundToken& token, std::int32_t position) const {
        token.position = position;
        token.tokenizerHash = m_tokenizerHash;
        token.responsePosition = position - m_promptTokens + 1;
        token.relative = 100.0 * (position - m_promptTokens) / std::max(m_tokens, 1);
        token.step = m_needs.step ? stepOf(m_firsts, position) : 0;
    }

private:
    TokenNeeds m_needs;
    std::int32_t m_promptTokens = 0, m_tokens = 0;
    std::string_view m_tokenizerHash;
    std::vector<std::int32_t> m_firsts;
};

double realOrNone(const Query& row, int column) {
    return row.isNull(column) ? std::nan("") : row.real(column);
}

std::string jsonList(const std::vector<std::int32_t>& ids) {
    std::string list = "[";
    for (const std::int32_t id : ids)
        list += cat(list.size() > 1 ? "," : "", id);
    return list + "]";
}

bool compareText(std::string_view value, FilterOp op, const std::string& with) {
    if (op == FilterOp::Contains)
        return value.find(with) != std::string_view::npos;
    return (value == with) == (op == FilterOp::Equal);
}

bool isTokenText(FilterField field) {
    return field == FilterField::CandToken || field == FilterField::CritToken;
}

} // namespace

void scanCandidates(const Project& project, const CandidateScan& what, const SqlSelection& where,
                    const TokenVisitor& visit) {
    TokenNeeds needs = what.needs;
    needs.place = needs.place || what.wrongOnly;
    Query row(project,
              cat("SELECT k.trajectory_id, k.s, k.positions, k.ids", neededColumns(needs),
                  " FROM lowest_token k", neededJoins(needs, "k"), " WHERE k.score_set_id = ?",
                  what.wrongOnly ? cat(" AND t.verdict = ", static_cast<int>(Verdict::Wrong))
                                 : std::string(),
                  restriction(needs, "k", where), " ORDER BY k.trajectory_id"));
    row.bind(what.scoreSet.value);
    bindValues(row, where.values);
    while (row.step()) {
        FoundToken token;
        token.trajectory = row.id<TrajectoryId>(0);
        const Column<float> lowest(row, 1);
        const Column<std::int32_t> positions(row, 2), ids(row, 3);
        const Places places(row, 4, needs);
        const std::size_t count = std::min({lowest.size(), positions.size(), ids.size()});
        for (std::size_t i = 0; i < count; ++i) {
            token.s = static_cast<double>(lowest[i]);
            if (i > 0 && !(token.s < what.threshold))
                break;
            places.fill(token, positions[i]);
            token.tokenId = ids[i];
            if (!visit(token))
                return;
        }
    }
}

void scanCritical(const Project& project, const CriticalScan& what, const SqlSelection& where,
                  const TokenVisitor& visit) {
    const bool byToken = !what.tokenIds.empty();
    Query row(project,
              cat("SELECT f.trajectory_id, f.method, f.position, f.token_id, f.confirmed, f.share,"
                  " f.before_share, f.with_share, f.without_share, ",
                  what.scoreSet ? "c.s" : "NULL", neededColumns(what.needs), " FROM found_token f",
                  neededJoins(what.needs, "f"),
                  what.scoreSet ? " LEFT JOIN found_score c ON c.score_set_id = ? AND"
                                  " c.trajectory_id = f.trajectory_id AND c.position = f.position"
                                : "",
                  " WHERE ? IN ('', f.method)",
                  byToken ? " AND f.token_id IN (SELECT value FROM json_each(?))" : "",
                  restriction(what.needs, "f", where),
                  " ORDER BY f.trajectory_id, f.method, f.position, f.result_id DESC"));
    if (what.scoreSet)
        row.bind(what.scoreSet.value);
    row.bind(what.method);
    if (byToken)
        row.bind(jsonList(what.tokenIds));
    bindValues(row, where.values);
    TrajectoryId lastTrajectory;
    std::int32_t lastPosition = -1;
    std::string lastMethod;
    while (row.step()) {
        FoundToken token;
        token.trajectory = row.id<TrajectoryId>(0);
        token.method = valueBytes(row, 1);
        Places(row, 10, what.needs).fill(token, row.integer32(2));
        // Several searches of one method may have found the same place.
        if (token.trajectory == lastTrajectory && token.position == lastPosition &&
            token.method == lastMethod)
            continue;
        token.tokenId = row.isNull(3) ? -1 : row.integer32(3);
        token.confirmed = row.flag(4);
        token.at = realOrNone(row, 5);
        token.before = realOrNone(row, 6);
        token.with = realOrNone(row, 7);
        token.without = realOrNone(row, 8);
        token.s = realOrNone(row, 9);
        if (!visit(token))
            return;
        lastTrajectory = token.trajectory;
        lastPosition = token.position;
        lastMethod = token.method;
    }
}

Result<TokenIds> tokenIdsOf(const Project& project, FilterOp op, const std::string& text) {
    TokenIds found;
    Query row(project, "SELECT tokenizer_hash, pieces FROM vocabulary");
    while (row.step()) {
        std::vector<std::int32_t>& ids = found[row.text(0)];
        // Read where they lie (schema.cpp): a vocabulary has 150,000 pieces.
        const std::string_view blob = valueBytes(row, 1);
        std::int32_t id = 0;
        for (std::size_t at = 0; at + sizeof(std::int32_t) <= blob.size(); ++id) {
            std::int32_t length = 0;
            std::memcpy(&length, blob.data() + at, sizeof length);
            at += sizeof length;
            if (length < 0 || static_cast<std::size_t>(length) > blob.size() - at)
                return fail(ErrorCode::Corrupt,
                            "the stored vocabulary is damaged; register its model again",
                            row.text(0));
            const std::string_view piece = blob.substr(at, static_cast<std::size_t>(length));
            if (op == FilterOp::Contains ? containsText(piece, text) : piece == text)
                ids.push_back(id);
            at += static_cast<std::size_t>(length);
        }
    }
    return found;
}

Result<TokenTest> TokenTest::make(const Project& project,
                                  std::vector<FilterComparison> comparisons) {
    TokenTest test;
    test.m_comparisons = std::move(comparisons);
    for (const FilterComparison& c : test.m_comparisons) {
        TokenIds ids;
        if (isTokenText(c.field)) {
            CRUX_TRY(known, tokenIdsOf(project, c.op, c.text));
            ids = std::move(known);
        }
        test.m_ids.push_back(std::move(ids));
    }
    return test;
}

bool TokenTest::uses(FilterField field) const {
    return std::any_of(m_comparisons.begin(), m_comparisons.end(),
                       [&](const FilterComparison& c) { return c.field == field; });
}

std::vector<std::int32_t> TokenTest::onlyIds() const {
    for (std::size_t i = 0; i < m_comparisons.size(); ++i) {
        if (!isTokenText(m_comparisons[i].field) || m_comparisons[i].op == FilterOp::NotEqual)
            continue;
        std::set<std::int32_t> all;
        for (const auto& [hash, ids] : m_ids[i])
            all.insert(ids.begin(), ids.end());
        return {all.begin(), all.end()};
    }
    return {};
}

bool TokenTest::matchesNothing() const {
    for (std::size_t i = 0; i < m_comparisons.size(); ++i)
        if (isTokenText(m_comparisons[i].field) && m_comparisons[i].op != FilterOp::NotEqual &&
            std::all_of(m_ids[i].begin(), m_ids[i].end(),
                        [](const auto& entry) { return entry.second.empty(); }))
            return true;
    return false;
}

TokenNeeds TokenTest::needs() const {
    using F = FilterField;
    const auto any = [this](std::initializer_list<F> fields) {
        return std::any_of(fields.begin(), fields.end(), [this](F field) { return uses(field); });
    };
    return {any({F::CandToken, F::CritToken, F::CandPosition, F::CritPosition, F::CandRelative,
                 F::CritRelative}),
            any({F::CandStep, F::CritStep})};
}

void TokenTest::setPartners(std::vector<std::pair<TrajectoryId, std::int32_t>> partners) {
    m_partners = std::move(partners);
    std::sort(m_partners.begin(), m_partners.end());
}

bool TokenTest::isHit(const FoundToken& token) const {
    return std::binary_search(m_partners.begin(), m_partners.end(),
                              std::pair(token.trajectory, token.position));
}

bool TokenTest::isToken(const TokenIds& ids, const FoundToken& token) const {
    const auto known = ids.find(token.tokenizerHash);
    return known != ids.end() &&
           std::binary_search(known->second.begin(), known->second.end(), token.tokenId);
}

bool TokenTest::holds(const FoundToken& token) const {
    using F = FilterField;
    for (std::size_t i = 0; i < m_comparisons.size(); ++i) {
        const FilterComparison& c = m_comparisons[i];
        double value = std::nan("");
        switch (c.field) {
        case F::CandToken:
        case F::CritToken:
            if (isToken(m_ids[i], token) == (c.op == FilterOp::NotEqual))
                return false;
            continue;
        case F::CandHit:
        case F::CritHit:
            value = isHit(token) ? 1 : 0;
            break;
        case F::CritMethod:
            if (!compareText(token.method, c.op, c.text))
                return false;
            continue;
        case F::CandPosition:
        case F::CritPosition:
            value = token.responsePosition;
            break;
        case F::CandRelative:
        case F::CritRelative:
            value = token.relative;
            break;
        case F::CandStep:
        case F::CritStep:
            value = token.step;
            break;
        case F::CandScore:
        case F::CritScore:
            value = token.s;
            break;
        case F::CritConfirmed:
            value = token.confirmed ? 1 : 0;
            break;
        case F::CritBefore:
            value = token.before;
            break;
        case F::CritAt:
            value = token.at;
            break;
        case F::CritWith:
            value = token.with;
            break;
        case F::CritWithout:
            value = token.without;
            break;
        default:
            break;
        }
        if (std::isnan(value) || !compareNumbers(value, c.op, c.number))
            return false;
    }
    return true;
}

} // namespace crux::store
