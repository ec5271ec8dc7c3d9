#include "core/store/token_scan.h"

#include "core/base/text_util.h"
#include "core/spec/steps.h"
#include "core/store/sql.h"

#include <algorithm>
#include <set>

namespace crux::store {

namespace {

void bindAllOf(Query& query, const std::vector<SqlValue>& values) {
    for (const SqlValue& value : values)
        std::visit([&](const auto& held) { query.bind(held); }, value);
}

/// Place of a token in its response.
void place(FoundToken& token, std::int32_t position, std::int32_t promptTokens, std::int32_t tokens,
           std::span<const std::int32_t> firsts) {
    token.position = position;
    token.responsePosition = position - promptTokens + 1;
    token.relative = 100.0 * (position - promptTokens) / std::max(tokens, 1);
    token.step = stepOf(firsts, position);
}

double shareOf(const Json& detail, const char* key) {
    const auto found = detail.find(key);
    if (found == detail.end() || !found->is_array() || found->size() != 2 ||
        !(*found)[0].is_number() || !(*found)[1].is_number() || (*found)[1].get<double>() <= 0)
        return std::nan("");
    return (*found)[0].get<double>() / (*found)[1].get<double>();
}

void readDetail(FoundToken& token, const std::string& text) {
    const Json detail = storedJson(text);
    token.confirmed = detail.contains("confirmed") && detail["confirmed"] == true;
    token.before = shareOf(detail, "before");
    token.with = shareOf(detail, "with");
    token.without = shareOf(detail, "without");
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

void scanCandidates(const Project& project, ScoreSetId set, double threshold,
                    const SqlSelection& where, const TokenVisitor& visit) {
    Query row(project,
              cat("SELECT m.trajectory_id, t.prompt_tokens, t.tokens, t.tokenizer_hash, m.lowest,"
                  " k.positions, k.ids, w.firsts FROM score_summary m CROSS JOIN trajectory t ON"
                  " t.id = m.trajectory_id CROSS JOIN lowest_token k ON k.score_set_id ="
                  " m.score_set_id AND k.trajectory_id = m.trajectory_id LEFT JOIN"
                  " trajectory_steps w ON w.id = t.id WHERE m.score_set_id = ? AND t.verdict = ",
                  static_cast<int>(Verdict::Wrong), " AND t.root_id IS NULL AND t.deleted = 0",
                  where.sql.empty() ? std::string() : cat(" AND t.id IN (", where.sql, ")"),
                  " ORDER BY m.trajectory_id"));
    row.bind(set.value);
    bindAllOf(row, where.values);
    while (row.step()) {
        FoundToken token;
        token.trajectory = row.id<TrajectoryId>(0);
        const auto hash = row.blob(3);
        token.tokenizerHash = {reinterpret_cast<const char*>(hash.data()), hash.size()};
        const auto lowest = row.array<float>(4);
        const auto positions = row.array<std::int32_t>(5);
        const auto ids = row.array<std::int32_t>(6);
        const auto firsts = row.array<std::int32_t>(7);
        const std::size_t count = std::min({lowest.size(), positions.size(), ids.size()});
        for (std::size_t i = 0; i < count; ++i) {
            if (i > 0 && !(static_cast<double>(lowest[i]) < threshold))
                break;
            place(token, positions[i], row.integer32(1), row.integer32(2), firsts);
            token.tokenId = ids[i];
            token.s = static_cast<double>(lowest[i]);
            if (!visit(token))
                return;
        }
    }
}

void scanCritical(const Project& project, const CriticalScan& what, const SqlSelection& where,
                  const TokenVisitor& visit) {
    const bool byToken = !what.tokenIds.empty();
    Query row(project,
              cat("SELECT r.trajectory_id, t.prompt_tokens, t.tokens, t.tokenizer_hash, r.position,"
                  " r.token_id, w.firsts, r.method, r.right_count, r.total_count, ",
                  what.withDetail ? "r.detail" : "''", ", ",
                  what.scoreSet ? "crux_float_at(c.s, r.position)" : "NULL",
                  " FROM search_result r INDEXED BY search_result_by_token CROSS JOIN trajectory t "
                  "ON t.id = r.trajectory_id LEFT JOIN"
                  " trajectory_steps w ON w.id = t.id",
                  what.scoreSet ? " LEFT JOIN score c ON c.trajectory_id = t.id AND"
                                  " c.score_set_id = ?"
                                : "",
                  " WHERE r.method <> 'rollouts' AND r.position >= 0 AND COALESCE(r.sign, -1) < 0"
                  " AND t.root_id IS NULL AND t.deleted = 0 AND ? IN ('', r.method)",
                  byToken ? " AND r.token_id IN (SELECT value FROM json_each(?))" : "",
                  where.sql.empty() ? std::string() : cat(" AND t.id IN (", where.sql, ")"),
                  " ORDER BY r.trajectory_id, r.method, r.position, r.id DESC"));
    if (what.scoreSet)
        row.bind(what.scoreSet.value);
    row.bind(what.method);
    if (byToken)
        row.bind(jsonList(what.tokenIds));
    bindAllOf(row, where.values);
    FoundToken last;
    std::string lastMethod;
    while (row.step()) {
        FoundToken token;
        token.trajectory = row.id<TrajectoryId>(0);
        const auto hash = row.blob(3);
        token.tokenizerHash = {reinterpret_cast<const char*>(hash.data()), hash.size()};
        const std::string method = row.text(7);
        token.method = method;
        const auto firsts = row.array<std::int32_t>(6);
        place(token, row.integer32(4), row.integer32(1), row.integer32(2), firsts);
        // Several searches of one method may have found the same place.
        if (token.trajectory == last.trajectory && token.position == last.position &&
            method == lastMethod)
            continue;
        token.tokenId = row.isNull(5) ? -1 : row.integer32(5);
        if (row.integer(9) > 0)
            token.at = row.real(8) / row.real(9);
        if (what.withDetail)
            readDetail(token, row.text(10));
        if (!row.isNull(11))
            token.s = row.real(11);
        if (!visit(token))
            return;
        last = token;
        lastMethod = method;
    }
}

Result<TokenIds> tokenIdsOf(const Project& project, FilterOp op, const std::string& text) {
    TokenIds found;
    std::vector<std::string> hashes;
    {
        Query row(project, "SELECT tokenizer_hash FROM vocabulary");
        while (row.step())
            hashes.push_back(row.text(0));
    }
    const auto lower = [](std::string word) {
        for (char& c : word)
            if (c >= 'A' && c <= 'Z')
                c = static_cast<char>(c - 'A' + 'a');
        return word;
    };
    const std::string wanted = op == FilterOp::Contains ? lower(text) : text;
    for (const std::string& hash : hashes) {
        CRUX_TRY(words, vocabulary(project, hash));
        std::vector<std::int32_t>& ids = found[hash];
        for (std::size_t id = 0; id < words.pieces.size(); ++id)
            if (op == FilterOp::Contains ? lower(words.pieces[id]).find(wanted) != std::string::npos
                                         : words.pieces[id] == wanted)
                ids.push_back(static_cast<std::int32_t>(id));
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

bool TokenTest::holds(const FoundToken& token) const {
    using F = FilterField;
    for (std::size_t i = 0; i < m_comparisons.size(); ++i) {
        const FilterComparison& c = m_comparisons[i];
        double value = std::nan("");
        switch (c.field) {
        case F::CandToken:
        case F::CritToken: {
            const auto ids = m_ids[i].find(token.tokenizerHash);
            const bool is =
                ids != m_ids[i].end() &&
                std::binary_search(ids->second.begin(), ids->second.end(), token.tokenId);
            if (is == (c.op == FilterOp::NotEqual))
                return false;
            continue;
        }
        case F::CandHit:
        case F::CritHit: {
            const auto others = partners.find(token.trajectory.value);
            const bool hit =
                others != partners.end() &&
                std::binary_search(others->second.begin(), others->second.end(), token.position);
            value = hit ? 1 : 0;
            break;
        }
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
