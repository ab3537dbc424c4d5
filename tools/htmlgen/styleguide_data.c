/* Sample data of the style guide; see styleguide_data.h. */
#include "tools/htmlgen/styleguide_data.h"

#include "base/civil.h"

#include "base/banned.h"

/* Sample texts: {zh, en}. */
#define BOTH(chinese, english) (zh ? SV(chinese) : SV(english))

static struct html_fields sample_fields(struct ctx *ctx, bool zh, struct html_options options)
{
	struct html_field fields[] = {
		{ .kind = SV("text"), .name = SV("premises"), .label = BOTH("经营场所名称", "Name of the premises"),
			.hint = BOTH("与门头招牌一致。", "As on the sign above the door."), .value = BOTH("示例面馆", "Sample Noodles"), .required = true },
		{ .kind = SV("number"), .name = SV("area"), .label = BOTH("使用面积(平方米)", "Floor area in square metres"),
			.value = SV("8o"), .error = BOTH("请用数字填写面积，例如 80。", "Write the area in figures, for example 80."), .required = true },
		{ .kind = SV("radios"), .name = SV("business"), .label = BOTH("主体业态", "Kind of business"), .options = options },
		{ .kind = SV("checkboxes"), .name = SV("items"), .label = BOTH("经营项目", "What you will sell"),
			.hint = BOTH("可以选择多项。", "Choose all that apply."), .options = options },
		{ .kind = SV("select"), .name = SV("district"), .label = BOTH("所在街道", "District"), .options = options },
		{ .kind = SV("date"), .name = SV("opening"), .label = BOTH("计划开业日期", "Planned opening day"), .value = SV("2026-04-01") },
		{ .kind = SV("file"), .name = SV("plan"), .label = BOTH("经营场所布局图", "Plan of the premises"),
			.hint = BOTH("PDF 或照片，不超过 20 MB。", "PDF or photo, at most 20 MB."), .value = BOTH("布局图.pdf", "plan.pdf") },
		{ .kind = SV("textarea"), .name = SV("remarks"), .label = BOTH("需要说明的情况(选填)", "Anything we should know (optional)") },
	};
	size_t count = sizeof(fields) / sizeof(fields[0]);
	struct html_field *copy = ARENA_ARRAY(ctx->arena, struct html_field, count);

	memcpy(copy, fields, sizeof(fields));
	return (struct html_fields){ copy, count };
}

static void fill_lists(struct ctx *ctx, bool zh, struct html_styleguide *view)
{
	struct html_option *options = ARENA_ARRAY(ctx->arena, struct html_option, 3);
	struct html_row *rows = ARENA_ARRAY(ctx->arena, struct html_row, 3);
	struct html_link *crumbs = ARENA_ARRAY(ctx->arena, struct html_link, 3);
	struct html_problem *problems = ARENA_ARRAY(ctx->arena, struct html_problem, 1);

	options[0] = (struct html_option){ SV("restaurant"), BOTH("餐馆", "Restaurant"), BOTH("有堂食座位", "With seats for guests"), true };
	options[1] = (struct html_option){ SV("canteen"), BOTH("单位食堂", "Canteen"), SV(""), false };
	options[2] = (struct html_option){ SV("drinks"), BOTH("饮品店", "Drinks shop"), SV(""), false };
	view->options = (struct html_options){ options, 3 };
	rows[0] = (struct html_row){ BOTH("经营场所名称", "Name of the premises"), BOTH("示例面馆", "Sample Noodles"), SV("#form") };
	rows[1] = (struct html_row){ BOTH("地址", "Address"), BOTH("示例市和平街 12 号", "12 Peace Street, Sample City"), SV("#form") };
	rows[2] = (struct html_row){ BOTH("计划开业日期", "Planned opening day"), SV(""), SV("#form") };
	view->rows = (struct html_rows){ rows, 3 };
	crumbs[0] = (struct html_link){ SV("/"), BOTH("首页", "Home"), false };
	crumbs[1] = (struct html_link){ SV("/services"), BOTH("办事", "Services"), false };
	crumbs[2] = (struct html_link){ SV(""), BOTH("食品经营许可", "Food business licence"), true };
	view->crumbs = (struct html_links){ crumbs, 3 };
	problems[0] = (struct html_problem){ SV("#field-area"), SV("area"), BOTH("请用数字填写面积，例如 80。", "Write the area in figures, for example 80.") };
	view->errors = (struct html_problems){ problems, 1 };
	view->fields = sample_fields(ctx, zh, view->options);
}

static void fill_history(struct ctx *ctx, bool zh, struct html_styleguide *view)
{
	struct html_event *events = ARENA_ARRAY(ctx->arena, struct html_event, 4);
	int64_t day = 86400000;

	events[0] = (struct html_event){ view->now, BOTH("准予许可", "Licence granted"), BOTH("市场监督管理局", "Market Supervision"),
		BOTH("证照已签发，可在“我的证照”查看。", "The licence is issued. You find it under My licences."), SV("/receipts/4"), SV("sealed") };
	events[1] = (struct html_event){ view->now - 2 * day, BOTH("现场核查通过", "Site inspection passed"), BOTH("核查员 3312", "Inspector 3312"),
		SV(""), SV("/receipts/3"), SV("recorded") };
	events[2] = (struct html_event){ view->now - 4 * day, BOTH("已受理", "Accepted"), BOTH("综合窗口", "Service window"), SV(""),
		SV("/receipts/2"), SV("recorded") };
	events[3] = (struct html_event){ view->now - 5 * day, BOTH("草稿已保存", "Draft saved"), BOTH("您", "You"), SV(""), SV(""), SV("") };
	view->events = (struct html_events){ events, 4 };
}

static void fill_desk(struct ctx *ctx, bool zh, struct html_styleguide *view)
{
	struct html_styleguide_applicants rows[] = {
		{ SV("TB26-7K3M-04"), SV("/desk/1"), BOTH("示例面馆", "Sample Noodles"), BOTH("食品经营许可", "Food business licence"),
			BOTH("审查", "Review"), view->today - 6, BOTH("超期 1 个工作日", "1 working day late"), SV("late") },
		{ SV("TB26-9Q2F-11"), SV("/desk/2"), BOTH("示例建设公司", "Sample Construction"), BOTH("建设工程规划许可证", "Construction planning permit"),
			BOTH("会签", "Countersign"), view->today - 3, BOTH("剩 1 个工作日", "1 working day left"), SV("warn") },
		{ SV("TB26-2D8W-72"), SV("/desk/3"), BOTH("示例三", "Sample Three"), BOTH("居住证申领", "Residence permit"),
			BOTH("受理", "Acceptance"), view->today, BOTH("剩 6 个工作日", "6 working days left"), SV("ok") },
		{ SV("TB26-5H1C-30"), SV("/desk/4"), BOTH("示例茶饮", "Sample Tea"), BOTH("食品经营许可", "Food business licence"),
			BOTH("补正", "Supplement"), view->today - 2, BOTH("已中止", "Suspended"), SV("paused") },
	};
	size_t count = sizeof(rows) / sizeof(rows[0]);
	struct html_styleguide_applicants *copy = arena_array(ctx->arena, count, sizeof(rows[0]));

	memcpy(copy, rows, sizeof(rows));
	view->applicants.at = copy;
	view->applicants.len = count;
}

struct html_page styleguide_page(struct ctx *ctx, bool zh, bool elder)
{
	struct html_link *nav = ARENA_ARRAY(ctx->arena, struct html_link, 5);

	nav[0] = (struct html_link){ SV("/"), BOTH("首页", "Home"), false };
	nav[1] = (struct html_link){ SV("/services"), BOTH("办事", "Services"), true };
	nav[2] = (struct html_link){ SV("/cases"), BOTH("我的办件", "My cases"), false };
	nav[3] = (struct html_link){ SV("/inbox"), BOTH("收件箱", "Inbox"), false };
	nav[4] = (struct html_link){ SV("/reads"), BOTH("谁查了我的数据", "Who read my data"), false };
	return (struct html_page){
		.lang = zh ? SV("zh-Hans") : SV("en"), .other_lang = zh ? SV("en") : SV("zh-Hans"), .language_href = SV("?lang=other"),
		.other_language = zh ? SV("English") : SV("中文"), .mode_href = SV("?mode=other"), .path = SV("/styleguide"),
		.csrf = SV("sample"), .form_key = SV("sample"), .city = BOTH("示例市", "Sample City"), .name = BOTH("示例三", "Sample Three"),
		.flash = BOTH("申请已提交。收件凭证已放入收件箱。", "Your application is submitted. The filing receipt is in your inbox."),
		.elder = elder, .sample = true, .nav = { nav, 5 },
	};
}

struct html_styleguide styleguide_view(struct ctx *ctx, bool zh)
{
	struct html_styleguide view = {
		.title = BOTH("食品经营许可(餐饮)", "Food business licence (catering)"),
		.promise = BOTH("8 个工作日内决定；一半的申请 3 天内就有结果。", "Decided within 8 working days; half are decided in 3."),
		.today = civil_to_day((struct civil_date){ 2026, 3, 3 }), .fee = 1234500, .people = 20000, .step = 3, .key = SV("tongban.example/ledger+00000000+AQ=="), .steps = 6,
		.address = BOTH("示例市和平街 12 号", "12 Peace Street, Sample City"), .next = SV("/styleguide?after=4"),
	};

	view.now = civil_china_midnight(view.today) + (10 * 60 + 32) * 60000;
	view.guide = html_safe_markdown(ctx, BOTH("## 谁可以申请\n\n在本市开办餐馆、食堂、饮品店的企业和个体工商户。\n\n- 有固定的经营场所\n- 有食品安全管理人员\n\n"
		"依据是《食品经营许可和备案管理办法》[第十五条](/docs)。", "## Who can apply\n\nFirms and sole traders that open a restaurant, a canteen or a drinks shop in this city.\n\n"
		"- You have fixed premises\n- Someone is responsible for food safety\n\nThe basis is [Article 15](/docs) of the Measures."));
	fill_lists(ctx, zh, &view);
	fill_history(ctx, zh, &view);
	fill_desk(ctx, zh, &view);
	return view;
}
