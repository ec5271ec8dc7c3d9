#include "ui/pages/sampling_form.h"

#include "ui/widgets/format.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/theme.h"

#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QRegularExpressionValidator>
#include <QSpinBox>

namespace crux::ui {

QString presetTitle(const QString& name) {
    if (name == QLatin1String("greedy"))
        return SamplingForm::tr("greedy");
    if (name == QLatin1String("paper sampling"))
        return SamplingForm::tr("paper sampling");
    if (name == QLatin1String("paper rollouts"))
        return SamplingForm::tr("paper rollouts, n = 64");
    if (name == QLatin1String("demo"))
        return SamplingForm::tr("demo");
    if (name == QLatin1String("demo greedy"))
        return SamplingForm::tr("demo, greedy");
    return name;
}

SamplingForm::SamplingForm(QWidget* parent)
    : QWidget(parent) {
    const auto real = [this](double low, double high, double step) {
        auto* box = new QDoubleSpinBox(this);
        box->setDecimals(2);
        box->setRange(low, high);
        box->setSingleStep(step);
        box->setFixedWidth(104);
        return box;
    };
    const auto whole = [this](int low, int high) {
        auto* box = new QSpinBox(this);
        box->setRange(low, high);
        box->setFixedWidth(104);
        return box;
    };
    m_temperature = real(0, 100, 0.1);
    m_temperature->setSpecialValueText(tr("0 (greedy)"));
    m_topP = real(0.01, 1, 0.05);
    m_topK = whole(0, 1'000'000);
    m_topK->setSpecialValueText(tr("0 (off)"));
    m_maxTokens = whole(1, 1 << 20);
    m_samples = whole(1, 4096);
    m_seed = new QLineEdit(this);
    m_seed->setFixedWidth(104);
    m_seed->setValidator(
        new QRegularExpressionValidator(QRegularExpression(QStringLiteral("\\d{1,19}")), m_seed));
    m_stop = new QPlainTextEdit(this);
    m_stop->setFont(fonts::fixed());
    m_stop->setFixedHeight(60);
    m_stop->setMinimumWidth(200);
    m_stop->setTabChangesFocus(true);

    auto* form = new QFormLayout(this);
    form->setContentsMargins(0, 0, 0, 0);
    form->setHorizontalSpacing(12);
    form->setVerticalSpacing(4);
    form->addRow(tr("Temperature"), m_temperature);
    form->addRow(tr("top-p"), m_topP);
    form->addRow(tr("top-k"), m_topK);
    form->addRow(tr("Max new tokens"), m_maxTokens);
    form->addRow(tr("Samples n"), m_samples);
    form->addRow(tr("Seed"), m_seed);
    form->addRow(tr("Stop strings"), m_stop);
    form->addRow(QString(),
                 makeLabel(LabelKind::Hint, this, tr("one a line; \\n stands for a line end")));

    const auto changed = [this] {
        if (!m_setting)
            Q_EMIT edited();
    };
    connect(m_temperature, &QDoubleSpinBox::valueChanged, this, changed);
    connect(m_topP, &QDoubleSpinBox::valueChanged, this, changed);
    connect(m_topK, &QSpinBox::valueChanged, this, changed);
    connect(m_maxTokens, &QSpinBox::valueChanged, this, changed);
    connect(m_samples, &QSpinBox::valueChanged, this, changed);
    connect(m_seed, &QLineEdit::textEdited, this, changed);
    connect(m_stop, &QPlainTextEdit::textChanged, this, changed);
}

void SamplingForm::setParams(const SamplingParams& params) {
    m_setting = true;
    m_kept = params;
    m_temperature->setValue(params.temperature);
    m_topP->setValue(params.topP);
    m_topK->setValue(params.topK);
    m_maxTokens->setValue(params.maxNewTokens);
    m_samples->setValue(params.samples);
    m_seed->setText(QString::number(params.seed));
    QStringList stops;
    for (const std::string& stop : params.stop)
        stops << format::escaped(stop);
    m_stop->setPlainText(stops.join(QLatin1Char('\n')));
    m_setting = false;
}

SamplingParams SamplingForm::params() const {
    SamplingParams params = m_kept;
    params.temperature = m_temperature->value();
    params.topP = m_topP->value();
    params.topK = m_topK->value();
    params.maxNewTokens = m_maxTokens->value();
    params.samples = m_samples->value();
    params.seed = m_seed->text().toULongLong();
    params.stop.clear();
    const QStringList lines = m_stop->toPlainText().split(QLatin1Char('\n'), Qt::SkipEmptyParts);
    for (const QString& line : lines)
        params.stop.push_back(format::unescaped(line));
    return params;
}

} // namespace crux::ui
