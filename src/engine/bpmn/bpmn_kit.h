/* For tests of the engine: small models in text, and a case that is played step by step. Every step is checked on the way: its
 * events, applied again, give the same state, and the state reads back as it was printed. */
#ifndef ENGINE_BPMN_KIT_H
#define ENGINE_BPMN_KIT_H

#include "engine/bpmn/bpmn.h"
#include "test/kit/kit.h"

/* Line 1 is the root, so that the lines of a body count from 2. */
#define MODEL(body)                                                                                                    \
	"<definitions xmlns='" BPMN_NS "' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xmlns:tb='" BPMN_TB_NS         \
	"' targetNamespace='t'>\n" body "\n</definitions>"
#define PROCESS(body) MODEL("<process id='p' isExecutable='true'>\n" body "\n</process>")
/* Three departments countersign, then one decides. */
#define COUNTERSIGN(completion)                                                                                        \
	PROCESS("<startEvent id='s'/><sequenceFlow id='f1' sourceRef='s' targetRef='sign'/>"                               \
		"<userTask id='sign' tb:act='countersign' tb:days='5' tb:silence='consent'>"                                   \
		"<multiInstanceLoopCharacteristics tb:collection='[\"fire\", \"traffic\", \"ecology\"]' tb:element='department'>" \
		"<completionCondition xsi:type='tFormalExpression'>" completion "</completionCondition>"                       \
		"</multiInstanceLoopCharacteristics></userTask>"                                                               \
		"<sequenceFlow id='f2' sourceRef='sign' targetRef='decide'/><userTask id='decide'/>"                           \
		"<sequenceFlow id='f3' sourceRef='decide' targetRef='e'/><endEvent id='e'/>")

const struct bpmn_model *parse(struct kit *kit, const char *text);
struct feel_value feel(struct kit *kit, const char *text);
struct sv printed(struct kit *kit, const struct bpmn_state *state);

/* A case under test. */
struct play {
	struct kit *kit;
	const struct bpmn_model *model;
	const struct bpmn_state *state;
	struct bpmn_host host;
	int64_t now;
	struct bpmn_outcome last;
};

/* A case that begins at KIT_START_MS; variables as FEEL text, "null" for none. */
struct play start(struct kit *kit, const char *text, const char *variables);
/* Carries a command out at play->now. */
void act(struct play *play, struct bpmn_command command);
/* The id of the nth (from 0) open wait of an element; the test fails when there is none. */
uint32_t wait_at(struct play *play, const char *element, size_t nth);
void complete(struct play *play, const char *element, const char *variables);
/* The ids of the open elements, in order, with a space between them. */
void assert_open(struct play *play, const char *elements);

#endif
